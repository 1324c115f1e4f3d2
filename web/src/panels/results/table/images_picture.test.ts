import { describe, expect, it } from 'vitest';
import { CAPTION, GAP, imagesPicture, TILE } from './images_picture';

const LOOK = { background: '#fff', empty: '#eee', soft: '#555' };
const image = { image: 'data:image/png;base64,AA==', width: 28, height: 28, channels: 1 };

describe('images as a picture', () => {
  const tiles = [
    { image, caption: '4 → 9' },
    { image: undefined, caption: 'row 1' },
    { image, caption: 'a < b' },
  ];

  it('has the rows that are seen', () => {
    const { width, height } = imagesPicture({ tiles, across: 2 }, LOOK);
    expect([width, height]).toEqual([GAP + 2 * (TILE + GAP), GAP + 2 * (TILE + CAPTION + GAP)]);
  });

  it('is no wider than its images', () => {
    expect(imagesPicture({ tiles, across: 12 }, LOOK).width).toBe(GAP + 3 * (TILE + GAP));
  });

  it('shows images with their words, and squares where there are none', () => {
    const { text } = imagesPicture({ tiles, across: 2 }, LOOK);
    expect(text.match(/<image /g)).toHaveLength(2);
    expect(text.match(/rx="5"/g)).toHaveLength(3);
    expect(text).toContain('>4 → 9</text>');
    expect(text).toContain('>a &lt; b</text>');
  });

  it('cuts words that are wider than their image', () => {
    const [tile] = tiles;
    const { text } = imagesPicture(
      { tiles: [{ ...tile, caption: 'x'.repeat(80) }], across: 1 },
      LOOK,
    );
    expect(text).toContain(`>${'x'.repeat(14)}…</text>`);
  });
});
