import { describe, expect, it } from 'vitest';
import { tablePicture } from './table_picture';

const LOOK = { background: '#fff', head: '#eee', text: '#000', soft: '#555', line: '#ddd' };

describe('a table as a picture', () => {
  const columns = [
    { name: 'image', type: 'image 28×28×1', kind: 'image' as const },
    { name: 'a < b', type: 'number', kind: 'number' as const },
  ];
  const image = { image: 'data:image/png;base64,AA==', width: 28, height: 28, channels: 1 };
  const rows = [{ cells: [image, 1.5], index: 0 }, { cells: [null, -2], index: 1234 }, undefined];
  const { text, width, height } = tablePicture(
    { columns, widths: [96, 112], rows, rowHeight: 44 },
    LOOK,
  );

  it('is as large as what is seen', () => {
    expect([width, height]).toEqual([64 + 96 + 112, 44 + 3 * 44]);
  });

  it('shows heads, numbers, images and what is missing', () => {
    expect(text).toContain('a &lt; b');
    expect(text).toContain('image 28×28×1');
    expect(text).toContain('href="data:image/png;base64,AA=="');
    expect(text).toContain('>1.5</text>');
    expect(text).toContain('>−2</text>');
    expect(text).toContain('>1,234</text>');
    expect(text).toContain('>–</text>');
  });

  it('cuts what is too long', () => {
    const long = tablePicture(
      {
        columns: [{ name: 'words', type: 'text', kind: 'text' }],
        widths: [110],
        rows: [{ cells: ['x'.repeat(500)], index: 0 }],
        rowHeight: 26,
      },
      LOOK,
    );
    expect(long.text).toContain(`>${'x'.repeat(19)}…</text>`);
  });
});
