import { copyCells } from './cells';
import type { PageCache } from './pages';
import { area, type Selection } from './selection';

/** Cells that are copied at once, at most; more is what downloads are for. */
const MOST = 200_000;

/** Copy the selected cells; the answer is a sentence on what was done. */
export async function copySelection(
  cache: PageCache,
  selection: Selection,
  columns: readonly { name: string }[],
  withHeader: boolean,
): Promise<string> {
  const { from, to } = area(selection);
  const rows = to.row - from.row + 1;
  const width = to.column - from.column + 1;
  if (rows * width > MOST) {
    throw new Error(
      `${(rows * width).toLocaleString('en')} cells are too many to copy (at most ` +
        `${MOST.toLocaleString('en')}); download the table instead.`,
    );
  }
  const found = await cache.range(from.row, to.row + 1);
  const cells = found.map((row) => row.cells.slice(from.column, to.column + 1));
  const header = columns.slice(from.column, to.column + 1).map((column) => column.name);
  await writeText(copyCells(cells, withHeader ? header : undefined));
  return rows * width === 1 ? 'Copied 1 cell.' : `Copied ${rows} × ${width} cells.`;
}

async function writeText(text: string): Promise<void> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text);
  // Without TLS on another machine there is only the old way.
  const area = document.createElement('textarea');
  area.value = text;
  document.body.append(area);
  area.select();
  const isCopied = document.execCommand('copy');
  area.remove();
  if (!isCopied) throw new Error('The browser does not let this page copy.');
}
