/** Tints of packs, told apart by their place in the catalogue. */

import { useCatalogue } from '../store/catalogue';

const HUES = [265, 152, 28, 212, 345, 48, 190, 310, 95, 240, 10, 170];

/** The tint of a pack, as a colour that suits both themes. */
export function tintOf(pack: string): string {
  const place = [...useCatalogue.getState().packs.keys()].indexOf(pack);
  if (place < 0) return 'var(--fe-text-faint)';
  const hue = HUES[place % HUES.length];
  return `light-dark(hsl(${hue} 55% 41%), hsl(${hue} 62% 73%))`;
}
