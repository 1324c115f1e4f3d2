/** Places of nodes that are about to be written. */

import type { Place } from '../model/document';
import type { Scene } from '../store/scene';

/**
 * The places with those of all nodes that have none written yet: once one of them stands somewhere
 * by a person's will, the others must stay where they are seen.
 */
export function withPlaces(scene: Scene, places: Record<string, Place>): Record<string, Place> {
  const result: Record<string, Place> = {};
  for (const [name, place] of scene.places) if (!scene.body.layout?.[name]) result[name] = place;
  return { ...result, ...places };
}
