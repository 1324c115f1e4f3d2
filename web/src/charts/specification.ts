import { fittedMatrix } from './matrix';

/** A Vega-Lite specification, as nodes make it. */
export type Specification = Readonly<Record<string, unknown>>;

export type Row = Readonly<Record<string, unknown>>;

const COMPOSED = ['facet', 'repeat', 'concat', 'hconcat', 'vconcat'];

/** Return whether a specification is a single picture, which can fill the room there is. */
export function isSingle(specification: Specification): boolean {
  if (COMPOSED.some((name) => name in specification)) return false;
  const encoding = specification.encoding as Row | undefined;
  return !['row', 'column', 'facet'].some((channel) => encoding && channel in encoding);
}

export interface Room {
  width: number;
  height: number;
}

/** Return a specification with its rows, as large as the room where it does not say itself. */
export function drawable(
  specification: Specification,
  rows: readonly Row[],
  room: Room,
): Record<string, unknown> {
  const { usermeta: _, ...rest } = specification;
  const datasets = { ...(rest.datasets as object | undefined), table: rows };
  if (!isSingle(specification)) return { ...rest, ...wrapped(specification, room), datasets };
  const matrix = fittedMatrix(specification, rows, room);
  if (matrix) {
    const config = { ...matrix.config, ...(rest.config as object | undefined) };
    return { ...rest, ...matrix, config, datasets };
  }
  return { ...room, autosize: { type: 'fit', contains: 'padding' }, ...rest, datasets };
}

/** What pictures side by side need beside their own width: axes, legends, gaps. */
const AROUND_PICTURE = 30;
const AROUND_AXES = 110;

/** Return how many pictures stand side by side, where a specification lets them wrap. */
function wrapped(specification: Specification, room: Room): { columns?: number } {
  const inner = specification.spec as { width?: unknown; encoding?: { x?: { axis?: unknown } } };
  if (typeof specification.columns !== 'number' || typeof inner?.width !== 'number') return {};
  const around = inner.encoding?.x?.axis === null ? AROUND_PICTURE : AROUND_AXES;
  return { columns: Math.max(1, Math.floor(room.width / (inner.width + around))) };
}

/** Where the rows behind a mark stand: in the table at an input of the chart's node. */
export interface RowsFrom {
  port: string;
  /** Column of that table by field of the chart. */
  columns: Readonly<Record<string, string>>;
}

/** Return what a specification's `usermeta.rows_from` says; null where it says nothing. */
export function rowsFrom(specification: Specification): RowsFrom | null {
  const meta = specification.usermeta as { rows_from?: unknown } | undefined;
  const found = meta?.rows_from as Partial<RowsFrom> | undefined;
  if (typeof found?.port !== 'string' || typeof found.columns !== 'object') return null;
  return { port: found.port, columns: found.columns };
}

/** Return the values that the rows behind a mark have, by column; null: the mark does not say. */
export function behind(from: RowsFrom, datum: Row): Record<string, unknown> | null {
  const values: Record<string, unknown> = {};
  for (const [field, column] of Object.entries(from.columns)) {
    const value = datum[field];
    if (value === undefined) return null;
    values[column] = value;
  }
  return values;
}

/** Return such values in words: `label = 4, prediction = 9`. */
export function filterText(filter: Row): string {
  return Object.entries(filter)
    .map(([column, value]) => `${column} = ${value === null ? 'missing' : String(value)}`)
    .join(', ');
}
