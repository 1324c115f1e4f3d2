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

/** Return a specification with its rows, as large as the room where it does not say itself. */
export function drawable(
  specification: Specification,
  rows: readonly Row[],
  room: { width: number; height: number },
): Record<string, unknown> {
  const { usermeta: _, ...rest } = specification;
  const fit = isSingle(specification)
    ? { width: room.width, height: room.height, autosize: { type: 'fit', contains: 'padding' } }
    : {};
  return { ...fit, ...rest, datasets: { ...(rest.datasets as object | undefined), table: rows } };
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
