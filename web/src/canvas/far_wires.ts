/** Wires from far away, of which many are one drawing: their lines, and which lies where. */

import { portPlace } from '../model/lanes';
import { wayOf } from '../model/routing';
import type { NodeInfo } from '../model/wire';
import type { Scene } from '../store/scene';
import { useView } from '../store/view';
import { flowNow, placeAt } from './instance';
import type { CanvasEdge, Moved } from './items';
import { portOf } from './pulling';

/** So many pixels beside a wire it is still meant. */
const REACH = 6;

export interface FarDrawing {
  scene: Scene;
  edges: readonly CanvasEdge[];
  moved: Moved;
  infos: ReadonlyMap<string, NodeInfo>;
}

interface Line {
  id: string;
  type: string;
  /** As the `d` of an SVG path. */
  path: string;
}

export function linesOf({ scene, edges, moved, infos }: FarDrawing): Line[] {
  const places = new Map([...scene.places, ...moved.places]);
  const drawing = { ...scene, infos, places };
  const lines: Line[] = [];
  for (const { id, source, sourceHandle, target, targetHandle, data } of edges) {
    const from = portPlace(drawing, `${source}.${portOf(sourceHandle)}`, 'outputs');
    const to = portPlace(drawing, `${target}.${portOf(targetHandle)}`, 'inputs');
    if (!from || !to || !data) continue;
    lines.push({ id, type: data.type, path: wayOf(from, to, data.lane).path });
  }
  return lines;
}

/** Select the wire at a place of the screen, if there is one. */
export function selectWireAt(drawing: FarDrawing, x: number, y: number, more: boolean): void {
  const pen = document.createElement('canvas').getContext('2d');
  const zoom = flowNow()?.getViewport().zoom;
  if (!pen || !zoom) return;
  const [left, top] = placeAt(x, y);
  pen.lineWidth = (2 * REACH) / zoom;
  const found = linesOf(drawing).find(({ path }) =>
    pen.isPointInStroke(new Path2D(path), left, top),
  );
  if (!found) return;
  const { selection, wires, notes, select } = useView.getState();
  if (more) select(selection, [...wires, found.id], notes);
  else select([], [found.id]);
}
