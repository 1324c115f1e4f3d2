/** A table as one SVG: the rows and columns that are seen, with their images. */

import type { ColumnInfo } from '../../../model/wire';
import { escaped, type Picture } from '../../../parts/saving';
import { cellText, isImage, isRight } from './cells';
import type { CachedRow } from './pages';
import { columnEdges } from './scroll';

/** The part of a table that is seen; rows that are not fetched yet are `undefined`. */
export interface Seen {
  columns: readonly ColumnInfo[];
  widths: readonly number[];
  rows: readonly (CachedRow | undefined)[];
  rowHeight: number;
}

export interface TableLook {
  background: string;
  head: string;
  text: string;
  soft: string;
  line: string;
}

const INDEX = 64;
const HEAD = 44;
const PAD = 10;

export function tablePicture({ columns, widths, rows, rowHeight }: Seen, look: TableLook): Picture {
  const lefts = columnEdges(widths).map((edge) => INDEX + edge);
  const width = lefts.at(-1) ?? INDEX;
  const height = HEAD + rows.length * rowHeight;
  const heads = columns.map(({ name, type, kind }, place) => {
    const room = box(lefts[place] ?? 0, 0, widths[place] ?? 0, HEAD);
    const words = (y: number, text: string, more: string) =>
      label(room.width, y, text, isRight(kind), more);
    return room.with(
      words(18, name, `fill="${look.text}" font-weight="600"`) +
        words(34, type, `fill="${look.soft}" font-size="11"`),
    );
  });
  const lines = rows.map((row, number) => {
    const top = HEAD + number * rowHeight;
    const rule = `<path d="M0 ${top}H${width}" stroke="${look.line}"/>`;
    if (!row) return rule;
    const middle = rowHeight / 2 + 4;
    const index = box(0, top, INDEX, rowHeight).with(
      label(INDEX, middle, row.index.toLocaleString('en'), true, `fill="${look.soft}"`),
    );
    const cells = columns.map((column, place) => {
      const room = box(lefts[place] ?? 0, top, widths[place] ?? 0, rowHeight);
      return room.with(cell(row.cells[place], column, room.width, rowHeight, look));
    });
    return rule + index + cells.join('');
  });
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" ` +
    `font-family="Inter, 'Segoe UI', sans-serif" font-size="13">` +
    `<rect width="${width}" height="${height}" fill="${look.background}"/>` +
    `<rect width="${width}" height="${HEAD}" fill="${look.head}"/>` +
    `${heads.join('')}${lines.join('')}</svg>`;
  return { text, width, height };
}

function cell(
  value: unknown,
  { kind }: ColumnInfo,
  width: number,
  height: number,
  look: TableLook,
): string {
  const middle = height / 2 + 4;
  if (value === null || value === undefined)
    return label(width, middle, '–', isRight(kind), `fill="${look.soft}"`);
  if (!isImage(value))
    return label(width, middle, cellText(value, kind), isRight(kind), `fill="${look.text}"`);
  const side = height - 8;
  return (
    `<image x="${PAD}" y="4" width="${side}" height="${side}" image-rendering="pixelated" ` +
    `href="${escaped(value.image)}"/>`
  );
}

/** A part of the picture over whose edges nothing is drawn. */
function box(x: number, y: number, width: number, height: number) {
  const open = `<svg x="${x}" y="${y}" width="${width}" height="${height}">`;
  return { width, with: (inner: string) => `${open}${inner}</svg>` };
}

function label(width: number, y: number, text: string, right: boolean, more: string): string {
  const [x, anchor] = right ? [width - PAD, 'end'] : [PAD, 'start'];
  return `<text x="${x}" y="${y}" text-anchor="${anchor}" ${more}>${escaped(shortened(text, width))}</text>`;
}

/** What does not fit anyway need not be in the file. */
export const shortened = (text: string, width: number): string => {
  const most = Math.floor(width / 5.5);
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
};
