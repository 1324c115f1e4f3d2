import type { PointerEvent } from 'react';
import type { ColumnInfo, ColumnStatistics } from '../../../model/wire';
import type { Order } from '../api';
import { cellText, isRight } from './cells';
import { Histogram } from './Histogram';
import { missingText } from './statistics';

export const HEAD = 60;
const NARROWEST = 48;

interface Props {
  column: ColumnInfo;
  number: number;
  width: number;
  rows: number;
  statistics: ColumnStatistics | undefined;
  order: Order | null;
  isCursor: boolean;
  onSort: () => void;
  onResize: (width: number | null) => void;
}

/** The head of a column: name, type, how its values are spread; sorts at a click. */
export function GridHead(props: Props) {
  const { column, statistics, order, width, rows } = props;
  const sorted = order?.column === column.name ? order : null;
  const missing = statistics ? missingText(statistics.missing, rows) : '';
  return (
    <div
      id={`fe-grid-head-${props.number}`}
      className={`fe-grid-head${isRight(column.kind) ? ' fe-grid-right' : ''}${props.isCursor ? ' fe-grid-cursor' : ''}`}
      role="columnheader"
      aria-colindex={props.number + 2}
      aria-sort={sorted ? (sorted.descending ? 'descending' : 'ascending') : 'none'}
      style={{ width }}
      title={describe(column, statistics)}
    >
      <button type="button" tabIndex={-1} onClick={props.onSort}>
        <span className="fe-grid-name">
          {column.name}
          {sorted && <span aria-hidden="true">{sorted.descending ? ' ↓' : ' ↑'}</span>}
        </span>
        <span className="fe-grid-type">
          {column.type.toLowerCase()}
          {missing && <em>{missing}</em>}
        </span>
        <span className="fe-grid-bins">
          {statistics && statistics.bins.length > 1 && (
            <Histogram bins={statistics.bins} height={14} />
          )}
        </span>
      </button>
      <Grip width={width} onResize={props.onResize} />
    </div>
  );
}

/** Drag to make a column wider, double-click to give it its first width. */
function Grip({ width, onResize }: { width: number; onResize: (width: number | null) => void }) {
  const start = (event: PointerEvent<HTMLButtonElement>) => {
    event.preventDefault();
    const grip = event.currentTarget;
    const from = event.clientX - width;
    grip.setPointerCapture(event.pointerId);
    const move = (moved: globalThis.PointerEvent) =>
      onResize(Math.max(NARROWEST, Math.round(moved.clientX - from)));
    grip.addEventListener('pointermove', move);
    grip.addEventListener(
      'lostpointercapture',
      () => grip.removeEventListener('pointermove', move),
      {
        once: true,
      },
    );
  };
  return (
    <button
      type="button"
      tabIndex={-1}
      className="fe-grid-grip"
      aria-label="Change the width"
      onPointerDown={start}
      onDoubleClick={() => onResize(null)}
    />
  );
}

function describe(column: ColumnInfo, statistics: ColumnStatistics | undefined): string {
  const lines = [`${column.name}: ${column.type}`];
  if (!statistics) return lines.join('\n');
  const facts = [
    ['missing', statistics.missing],
    ['distinct', statistics.distinct],
    ['minimum', statistics.minimum],
    ['maximum', statistics.maximum],
    ['mean', statistics.mean],
    ['deviation', statistics.deviation],
  ] as const;
  for (const [name, value] of facts) {
    if (value !== null) lines.push(`${name} ${cellText(value)}`);
  }
  return lines.join('\n');
}
