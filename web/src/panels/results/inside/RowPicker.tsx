import { type KeyboardEvent, useEffect, useRef } from 'react';
import type { ColumnInfo, TableView } from '../../../model/wire';
import type { Place } from '../api';
import { cellText, isImage } from '../table/cells';
import type { CachedRow } from '../table/pages';
import { useScroll } from '../table/useScroll';
import { useRows } from '../table/useTable';
import './picks.css';

const HEIGHT = { image: 60, text: 30 };

interface Props {
  place: Place;
  version: string;
  view: TableView;
  row: number;
  pick: (row: number) => void;
}

/** The rows that a network can be shown, as thumbnails where they have pictures. */
export function RowPicker({ place, version, view, row, pick }: Props) {
  const scroller = useRef<HTMLDivElement>(null);
  const cache = useRows({ place, version, view, filter: null }, null);
  const image = view.columns.findIndex((column) => column.kind === 'image');
  const height = image >= 0 ? HEIGHT.image : HEIGHT.text;
  const scroll = useScroll(scroller, view.rows, height, 0);
  const { first, last } = scroll.seen;
  useEffect(() => cache.want(first, Math.max(last, first + 1)), [cache, first, last]);
  const isLaidOut = scroll.view > 0;
  useEffect(() => {
    // It may have been picked at another layer.
    if (isLaidOut) scroll.reveal(row);
  }, [isLaidOut]);
  const onKeyDown = (event: KeyboardEvent) => {
    const steps: Record<string, number> = { ArrowUp: -1, ArrowDown: 1, PageUp: -10, PageDown: 10 };
    const ends: Record<string, number> = { Home: 0, End: view.rows - 1 };
    const next = event.key in ends ? ends[event.key] : row + (steps[event.key] ?? 0);
    if (!(event.key in steps) && !(event.key in ends)) return;
    event.preventDefault();
    event.stopPropagation();
    const to = Math.min(view.rows - 1, Math.max(0, next));
    scroll.reveal(to);
    pick(to);
  };
  const lines = [];
  for (let number = first; number < Math.min(last, view.rows); number++) {
    const cached = cache.row(number);
    lines.push(
      // biome-ignore lint/a11y/useKeyWithClickEvents: the list around it takes the keys
      <div
        key={number}
        id={`fe-row-${number}`}
        className="fe-pick"
        role="option"
        tabIndex={-1}
        aria-selected={number === row}
        style={{ height }}
        onClick={() => pick(number)}
      >
        <small>{number.toLocaleString('en')}</small>
        {cached && <Line cached={cached} columns={view.columns} image={image} />}
      </div>,
    );
  }
  return (
    <div
      className="fe-picks"
      data-images={image >= 0}
      role="listbox"
      aria-label="Row to look at"
      aria-activedescendant={`fe-row-${row}`}
      tabIndex={0}
      ref={scroller}
      onScroll={scroll.onScroll}
      onKeyDown={onKeyDown}
    >
      <div style={{ height: scroll.scaling.height }}>
        <div className="fe-picks-seen" style={{ transform: `translateY(${scroll.seen.top}px)` }}>
          {lines}
        </div>
      </div>
    </div>
  );
}

interface LineProps {
  cached: CachedRow;
  columns: readonly ColumnInfo[];
  image: number;
}

function Line({ cached, columns, image }: LineProps) {
  const cell = cached.cells[image];
  const words = columns
    .flatMap((column, place) =>
      column.kind === 'image' ? [] : [cellText(cached.cells[place], column.kind)],
    )
    .join(', ');
  if (!isImage(cell)) return <span title={words}>{words}</span>;
  return (
    <>
      <img src={cell.image} alt="" draggable={false} />
      <span title={words}>{words}</span>
    </>
  );
}
