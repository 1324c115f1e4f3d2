export interface Cell {
  row: number;
  column: number;
}

/** A rectangle of cells: from where it began to where the cursor is. */
export interface Selection {
  anchor: Cell;
  cursor: Cell;
}

export interface Extent {
  rows: number;
  columns: number;
  /** Rows that are seen at a time. */
  page: number;
}

/** Row of the header, which the cursor can reach too. */
export const HEADER = -1;

export interface Keys {
  key: string;
  ctrl: boolean;
  shift: boolean;
}

/** Return where a key moves the cursor; null: the key does not move it. */
export function moved(selection: Selection, keys: Keys, extent: Extent): Selection | null {
  const target = destination(selection.cursor, keys, extent);
  if (!target) return null;
  const cursor = {
    row: clamp(target.row, keys.shift ? 0 : HEADER, extent.rows - 1),
    column: clamp(target.column, 0, extent.columns - 1),
  };
  return { cursor, anchor: keys.shift ? selection.anchor : cursor };
}

function destination({ row, column }: Cell, { key, ctrl }: Keys, extent: Extent): Cell | null {
  const bottom = extent.rows - 1;
  const right = extent.columns - 1;
  const steps: Record<string, Cell> = {
    ArrowUp: { row: ctrl ? 0 : row - 1, column },
    ArrowDown: { row: ctrl ? bottom : row + 1, column },
    ArrowLeft: { row, column: ctrl ? 0 : column - 1 },
    ArrowRight: { row, column: ctrl ? right : column + 1 },
    PageUp: { row: Math.max(0, row - extent.page), column },
    PageDown: { row: row + extent.page, column },
    Home: ctrl ? { row: 0, column: 0 } : { row, column: 0 },
    End: ctrl ? { row: bottom, column: right } : { row, column: right },
  };
  return steps[key] ?? null;
}

/** Return the rectangle, first and last included. */
export function area({ anchor, cursor }: Selection): { from: Cell; to: Cell } {
  return {
    from: {
      row: Math.max(0, Math.min(anchor.row, cursor.row)),
      column: Math.min(anchor.column, cursor.column),
    },
    to: { row: Math.max(anchor.row, cursor.row), column: Math.max(anchor.column, cursor.column) },
  };
}

export function contains(selection: Selection, row: number, column: number): boolean {
  const { from, to } = area(selection);
  return row >= from.row && row <= to.row && column >= from.column && column <= to.column;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, Math.max(low, high)));
}
