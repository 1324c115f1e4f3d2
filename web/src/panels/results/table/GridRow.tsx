import { memo } from 'react';
import type { ColumnInfo } from '../../../model/wire';
import { CellValue } from './CellValue';
import { isRight } from './cells';
import type { CachedRow } from './pages';
import { contains, type Selection } from './selection';

export const INDEX_WIDTH = 64;

interface Props {
  number: number;
  row: CachedRow | undefined;
  columns: readonly ColumnInfo[];
  edges: readonly number[];
  first: number;
  last: number;
  height: number;
  /** Only where it touches this row, so that other rows need not be drawn again. */
  selection: Selection | null;
}

/** A row of the grid: its number, and the cells of the columns that are seen. */
export const GridRow = memo(function GridRow(props: Props) {
  const { number, row, columns, edges, first, last, selection } = props;
  const cells = [];
  for (let place = first; place < last; place++) {
    const column = columns[place];
    if (!column) continue;
    const isCursor = selection?.cursor.row === number && selection.cursor.column === place;
    const isMarked = selection !== null && contains(selection, number, place);
    const name = [
      'fe-grid-cell',
      isRight(column.kind) && 'fe-grid-right',
      isMarked && 'fe-grid-marked',
      isCursor && 'fe-grid-cursor',
    ];
    cells.push(
      <div
        key={place}
        id={`fe-grid-cell-${number}-${place}`}
        className={name.filter(Boolean).join(' ')}
        role="gridcell"
        aria-colindex={place + 2}
        aria-selected={isMarked}
        data-row={number}
        data-column={place}
        style={{ width: (edges[place + 1] ?? 0) - (edges[place] ?? 0) }}
      >
        {row ? (
          <CellValue value={row.cells[place]} kind={column.kind} />
        ) : (
          <span className="fe-cell-loading" />
        )}
      </div>,
    );
  }
  return (
    <div
      className="fe-grid-row"
      role="row"
      aria-rowindex={number + 2}
      style={{ height: props.height }}
    >
      <div
        className="fe-grid-index"
        role="rowheader"
        aria-colindex={1}
        style={{ width: INDEX_WIDTH }}
      >
        {row ? row.index.toLocaleString('en') : ''}
      </div>
      <div style={{ width: edges[first] ?? 0, flex: 'none' }} />
      {cells}
    </div>
  );
});
