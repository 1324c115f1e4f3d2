/** Matrices of fields: as large as the room allows, with numbers that fit into them. */

import type { Room, Row, Specification } from './specification';

/** What stands around the fields: names of the rows, those of the columns with a title. */
const BESIDE = 40;
const ABOVE = 46;
const LARGEST = { width: 96, height: 48 };
/** Sides of a field that only has a colour, and height of one in which a number stands. */
const SMALLEST = 8;
const LINE = 17;
/** A field may be so much wider than high. */
const BROADEST = 2.6;
const TEXT = { smallest: 10, largest: 13 };
/** About the width of a digit, as part of the size of its font. */
const DIGIT = 0.62;

/** What a specification is given beside itself. */
export interface Fitted {
  width: { step: number };
  height: { step: number };
  config: Record<string, unknown>;
}

/** Return the size of the fields of a matrix; null: the specification is none. */
export function fittedMatrix(
  specification: Specification,
  rows: readonly Row[],
  room: Room,
): Fitted | null {
  const encoding = (specification.encoding ?? {}) as Record<string, { field?: unknown }>;
  const [x, y] = [encoding.x?.field, encoding.y?.field];
  if (!hasStep(specification.width) || !hasStep(specification.height)) return null;
  if (typeof x !== 'string' || typeof y !== 'string') return null;
  const across = distinct(rows, x);
  const down = distinct(rows, y);
  const written = writtenField(specification);
  const beside = BESIDE + 6.5 * Math.min(20, longest(down));
  const height = Math.floor(
    between((room.height - ABOVE) / down.length, written ? LINE : SMALLEST, LARGEST.height),
  );
  const size = between(height * 0.56, TEXT.smallest, TEXT.largest);
  const needed = written ? 8 + DIGIT * size * longest(distinct(rows, written)) : SMALLEST;
  const width = Math.floor(
    between(
      (room.width - beside) / across.length,
      needed,
      Math.min(LARGEST.width, Math.max(needed, height * BROADEST)),
    ),
  );
  return {
    width: { step: width },
    height: { step: height },
    config: {
      text: { fontSize: size },
      // Names are cut rather than turned.
      axisX: { labelLimit: width - 2 },
      axisY: { labelLimit: 130 },
    },
  };
}

function hasStep(size: unknown): boolean {
  return typeof size === 'object' && size !== null && 'step' in size;
}

/** Return the field whose values stand in the fields of a matrix, if any do. */
function writtenField(specification: Specification): string | null {
  const layers = Array.isArray(specification.layer) ? (specification.layer as Row[]) : [];
  for (const layer of layers) {
    const mark = layer.mark as { type?: unknown } | string | undefined;
    const type = typeof mark === 'object' ? mark.type : mark;
    const text = (layer.encoding as Record<string, { field?: unknown }> | undefined)?.text;
    if (type === 'text' && typeof text?.field === 'string') return text.field;
  }
  return null;
}

function distinct(rows: readonly Row[], field: string): unknown[] {
  return [...new Set(rows.map((row) => row[field]))];
}

function longest(values: readonly unknown[]): number {
  const texts = values.map((one) =>
    typeof one === 'number' ? one.toLocaleString('en') : String(one),
  );
  return Math.max(1, ...texts.map((text) => text.length));
}

function between(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}
