/** Images of a table side by side as one SVG, with the words below them. */

import { escaped, type Picture } from '../../../parts/saving';
import type { ImageCell } from './cells';
import { shortened } from './table_picture';

export const TILE = 84;
export const CAPTION = 20;
export const GAP = 8;

/** An image as it is seen; one that is not fetched yet, or missing, is an empty square. */
export interface SeenImage {
  image: ImageCell | undefined;
  caption: string;
}

export interface SeenImages {
  tiles: readonly SeenImage[];
  /** How many stand in a row. */
  across: number;
}

export interface ImagesLook {
  background: string;
  empty: string;
  soft: string;
}

export function imagesPicture({ tiles, across }: SeenImages, look: ImagesLook): Picture {
  const columns = Math.max(1, Math.min(across, tiles.length));
  const width = GAP + columns * (TILE + GAP);
  const height = GAP + Math.ceil(tiles.length / columns) * (TILE + CAPTION + GAP);
  const drawn = tiles.map(({ image, caption }, number) => {
    const x = GAP + (number % columns) * (TILE + GAP);
    const y = GAP + Math.floor(number / columns) * (TILE + CAPTION + GAP);
    const square = `x="${x}" y="${y}" width="${TILE}" height="${TILE}"`;
    const inside = image
      ? `<image ${square} image-rendering="pixelated" href="${escaped(image.image)}"/>`
      : '';
    return (
      `<rect ${square} rx="5" fill="${look.empty}"/>${inside}` +
      `<text x="${x + TILE / 2}" y="${y + TILE + 14}" text-anchor="middle" ` +
      `fill="${look.soft}">${escaped(shortened(caption, TILE))}</text>`
    );
  });
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `font-family="Inter, 'Segoe UI', sans-serif" font-size="11.5">` +
    `<rect width="${width}" height="${height}" fill="${look.background}"/>` +
    `${drawn.join('')}</svg>`;
  return { text, width, height };
}
