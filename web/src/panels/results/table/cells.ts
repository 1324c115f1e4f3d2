import type { ColumnKind } from '../../../model/wire';

/** An image as rows carry it. */
export interface ImageCell {
  image: string;
  width: number;
  height: number;
  channels: number;
}

/** A list as rows carry it: its first items and how many there are. */
export interface ListCell {
  items: readonly unknown[];
  length: number;
}

export function isImage(value: unknown): value is ImageCell {
  return isRecord(value) && typeof value.image === 'string';
}

export function isList(value: unknown): value is ListCell {
  return isRecord(value) && Array.isArray(value.items) && typeof value.length === 'number';
}

const NUMBERS = new Intl.NumberFormat('en', { maximumSignificantDigits: 7 });

/** Return a number as cells show it: seven digits at most, very large and small ones as powers. */
export function numberText(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? 'NaN' : value > 0 ? '∞' : '−∞';
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return value.toExponential(3);
  return (Number.isInteger(value) ? value.toLocaleString('en') : NUMBERS.format(value)).replace(
    '-',
    '−',
  );
}

/** Return a value as its cell shows it. */
export function cellText(value: unknown, kind: ColumnKind = 'other'): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'number') {
    // Years, ids and the like: whole numbers of up to four digits need no comma.
    return kind === 'integer' && Math.abs(value) < 10_000
      ? String(value).replace('-', '−')
      : numberText(value);
  }
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'true' : 'false';
  if (isImage(value)) return `${value.height}×${value.width}`;
  if (isList(value)) {
    const items = value.items.map((item) => cellText(item)).join(', ');
    const rest = value.length - value.items.length;
    return rest > 0 ? `[${items}, … ${rest.toLocaleString('en')} more]` : `[${items}]`;
  }
  return JSON.stringify(value);
}

const LETTER = 7;
const PADDING = 16;
/** Letters of most other scripts are drawn about twice as wide; signs, as of sums, are not. */
const WIDE = /[\u0250-\u1fff\u2c00-\u{10ffff}]/gu;

/** Return the text of a value that its cell has no room for; empty where it has. */
export function cutText(value: unknown, kind: ColumnKind, width: number): string {
  if (isImage(value)) return '';
  const text = cellText(value, kind);
  const letters = text.length + (text.match(WIDE)?.length ?? 0);
  return text.includes('\n') || letters * LETTER > width - PADDING ? text : '';
}

/** Return a value as it is copied: numbers in full, so that a spreadsheet reads them. */
export function copyText(value: unknown): string {
  if (typeof value === 'number') return String(value);
  const text = isImage(value) ? '' : cellText(value);
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Return cells as text that spreadsheets take: a line for each row, tabs between columns. */
export function copyCells(
  rows: readonly (readonly unknown[])[],
  header?: readonly string[],
): string {
  const lines = rows.map((cells) => cells.map(copyText).join('\t'));
  return (header ? [header.map(copyText).join('\t'), ...lines] : lines).join('\n');
}

export function isRight(kind: ColumnKind): boolean {
  return kind === 'number' || kind === 'integer';
}

const WIDTHS: Record<ColumnKind, number> = {
  number: 112,
  integer: 96,
  text: 168,
  category: 128,
  boolean: 88,
  image: 96,
  list: 216,
  other: 160,
};

/** Return how wide a column is drawn until somebody changes it. */
export function firstWidth(name: string, kind: ColumnKind): number {
  const byName = Math.min(name.length * 7 + 40, 240);
  return Math.max(WIDTHS[kind], byName);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}
