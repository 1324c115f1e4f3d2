import { type PointerEvent, type RefObject, useEffect, useMemo, useRef, useState } from 'react';
import type { ColumnInfo } from '../../../model/wire';
import type { Order } from '../api';
import { cutText, firstWidth } from './cells';
import { HEAD } from './GridHead';
import { GridHeads } from './GridHeads';
import { GridRow, INDEX_WIDTH } from './GridRow';
import type { PageCache } from './pages';
import { columnEdges, columnWindow } from './scroll';
import { area, HEADER, type Selection } from './selection';
import type { Seen } from './table_picture';
import { useGridKeys } from './useGridKeys';
import { useScroll } from './useScroll';
import { rowsBefore, type Source, useRows, useStatistics } from './useTable';
import './grid.css';

const LINE = 26;
const LINE_WITH_IMAGES = 44;

interface Props {
  source: Source;
  label: string;
  /** Is told what is seen, for whoever saves it as a picture. */
  view?: RefObject<Seen | null>;
}

/** A table of any length: only what is seen is fetched and drawn. */
export function TableGrid({ source, label, view }: Props) {
  const { columns } = source.view;
  const [order, setOrder] = useState<Order | null>(null);
  const [widths, setWidths] = useState<Record<string, number | null>>({});
  const [selection, setSelection] = useState<Selection | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const cache = useRows(source, order);
  const statistics = useStatistics(source);

  const rows = cache.total ?? rowsBefore(source);
  const height = columns.some((column) => column.kind === 'image') ? LINE_WITH_IMAGES : LINE;
  const scroll = useScroll(scroller, rows, height, HEAD);
  const { seen } = scroll;
  const edges = useMemo(
    () => columnEdges(columns.map((one) => widths[one.name] ?? firstWidth(one.name, one.kind))),
    [columns, widths],
  );
  const { first, last } = columnWindow(edges, scroll.left, scroll.width - INDEX_WIDTH);
  useEffect(() => cache.want(seen.first, Math.max(seen.last, 1)), [cache, seen.first, seen.last]);
  useEffect(
    () => statistics.want(columns.slice(first, last).map((column) => column.name)),
    [statistics, columns, first, last],
  );

  useEffect(() => {
    if (!view) return;
    const top = Math.min(Math.ceil(scroll.offset / height), rows);
    const count = Math.min(Math.max(1, Math.floor(scroll.view / height)), rows - top);
    view.current = {
      columns: columns.slice(first, last),
      widths: columns.slice(first, last).map((_, at) => edges[first + at + 1] - edges[first + at]),
      rows: Array.from({ length: count }, (_, at) => cache.row(top + at)),
      rowHeight: height,
    };
  });

  const sort = (column: number) => {
    setOrder((old) => nextOrder(old, columns[column].name));
    scroll.toTop();
  };
  const reveal = (row: number, column: number) => {
    if (row !== HEADER) scroll.reveal(row);
    if (scroller.current) revealColumn(scroller.current, edges[column], edges[column + 1]);
  };
  const page = Math.max(1, Math.floor(scroll.view / height) - 1);
  const extent = { rows, columns: columns.length, page };
  const onKeyDown = useGridKeys({ extent, selection, setSelection, reveal, sort, columns, cache });
  const select = (event: PointerEvent) => {
    const isMove = event.type === 'pointermove';
    const cell = (event.target as Element).closest<HTMLElement>('[data-row]');
    if (!cell || !(event.buttons & 1)) return;
    const cursor = { row: Number(cell.dataset.row), column: Number(cell.dataset.column) };
    const extend = isMove || event.shiftKey;
    setSelection((old) => ({ cursor, anchor: extend && old ? old.anchor : cursor }));
  };

  const whole = selection ? wholeText(cache, columns, edges, selection) : '';
  // the text that opens below takes room from the rows, perhaps from the very one
  const room = useRef(0);
  useEffect(() => {
    const before = room.current;
    room.current = scroll.view;
    if (!whole || !selection) return;
    const top = selection.cursor.row * height - scroll.offset;
    const wasSeen = top > -height && top < before;
    if (wasSeen) scroll.reveal(selection.cursor.row);
  }, [scroll.view]);

  const marked = selection && area(selection);
  const isMarked = (row: number) => marked && row >= marked.from.row && row <= marked.to.row;
  const lines = Array.from({ length: Math.max(0, seen.last - seen.first) }, (_, place) => (
    <GridRow
      key={seen.first + place}
      number={seen.first + place}
      row={cache.row(seen.first + place)}
      columns={columns}
      edges={edges}
      first={first}
      last={last}
      height={height}
      selection={isMarked(seen.first + place) ? selection : null}
    />
  ));
  return (
    <>
      <div className="fe-grid-frame">
        <div
          className="fe-grid"
          role="grid"
          aria-label={label}
          aria-rowcount={rows + 1}
          aria-colcount={columns.length + 1}
          aria-multiselectable="true"
          aria-activedescendant={activeId(selection, seen, { first, last })}
          tabIndex={0}
          ref={scroller}
          onScroll={scroll.onScroll}
          onKeyDown={onKeyDown}
          onPointerDown={select}
          onPointerMove={select}
        >
          <div
            className="fe-grid-sheet"
            style={{
              height: HEAD + scroll.scaling.height,
              width: INDEX_WIDTH + edges[columns.length],
            }}
          >
            <GridHeads
              {...{ source, edges, first, last, statistics, order, sort }}
              cursor={selection?.cursor.row === HEADER ? selection.cursor.column : null}
              resize={(name, width) => setWidths((old) => ({ ...old, [name]: width }))}
            />
            <div role="rowgroup" style={{ transform: `translateY(${seen.top}px)` }}>
              {lines}
            </div>
          </div>
        </div>
        {cache.total === 0 && (
          <p className="fe-grid-none" style={{ top: HEAD }}>
            {source.search ? 'No row has this in one of its cells.' : 'There are no rows.'}
          </p>
        )}
        {cache.fault && <p role="alert">{cache.fault}</p>}
      </div>
      {whole && (
        <section className="fe-grid-whole" aria-label="The cell">
          {whole}
        </section>
      )}
    </>
  );
}

/** Return the text under the cursor where its cell cuts it off. */
function wholeText(
  cache: PageCache,
  columns: readonly ColumnInfo[],
  edges: readonly number[],
  { cursor: { row, column } }: Selection,
): string {
  const one = columns[column];
  const cells = row === HEADER ? undefined : cache.row(row)?.cells;
  if (!one || !cells) return '';
  return cutText(cells[column], one.kind, edges[column + 1] - edges[column]);
}

/** A click sorts upwards, the next one downwards, the third not at all. */
function nextOrder(order: Order | null, column: string): Order | null {
  if (order?.column !== column) return { column, descending: false };
  return order.descending ? null : { column, descending: true };
}

function revealColumn(element: HTMLElement, from: number, to: number): void {
  const room = element.clientWidth - INDEX_WIDTH;
  if (from < element.scrollLeft) element.scrollLeft = from;
  else if (to > element.scrollLeft + room) element.scrollLeft = Math.min(from, to - room);
}

interface Window {
  first: number;
  last: number;
}

/** Return the id of the cursor's cell, where that is drawn. */
function activeId(selection: Selection | null, rows: Window, columns: Window): string | undefined {
  if (!selection) return undefined;
  const { row, column } = selection.cursor;
  if (column < columns.first || column >= columns.last) return undefined;
  if (row === HEADER) return `fe-grid-head-${column}`;
  return row >= rows.first && row < rows.last ? `fe-grid-cell-${row}-${column}` : undefined;
}
