/** Which columns a setting may name. */
import type { ColumnInfo } from '../wire';

const FITTING: Record<string, string[]> = {
  number: ['number', 'integer'],
  text: ['text', 'category'],
};

/** Return whether a column holds what a setting asks for. */
export function fits(column: ColumnInfo, holds: string): boolean {
  if (holds === 'any') return true;
  return (FITTING[holds] ?? [holds]).includes(column.kind);
}

/** Return the columns with a text in their names, regardless of case. */
export function matching<Column extends { name: string }>(
  columns: Column[],
  text: string,
): Column[] {
  const wanted = text.trim().toLowerCase();
  return wanted ? columns.filter((column) => column.name.toLowerCase().includes(wanted)) : columns;
}

/** Return names with one moved by some places, as far as there are places. */
export function moved(names: string[], name: string, by: number): string[] {
  const from = names.indexOf(name);
  const to = Math.min(names.length - 1, Math.max(0, from + by));
  if (from < 0 || from === to) return names;
  const rest = names.filter((_, index) => index !== from);
  return [...rest.slice(0, to), name, ...rest.slice(to)];
}
