import type { Order } from '../api';
import { GridHead, HEAD } from './GridHead';
import { INDEX_WIDTH } from './GridRow';
import type { StatisticsCache } from './statistics';
import type { Source } from './useTable';

interface Props {
  source: Source;
  edges: readonly number[];
  first: number;
  last: number;
  statistics: StatisticsCache;
  order: Order | null;
  /** Column of the cursor, where it stands in the header. */
  cursor: number | null;
  sort: (column: number) => void;
  resize: (name: string, width: number | null) => void;
}

/** The heads of the columns that are seen. */
export function GridHeads(props: Props) {
  const { source, edges, first, last } = props;
  return (
    <div className="fe-grid-heads" role="row" aria-rowindex={1} style={{ height: HEAD }}>
      <div
        className="fe-grid-corner"
        role="columnheader"
        aria-label="Row number"
        aria-colindex={1}
        style={{ width: INDEX_WIDTH }}
      />
      <div style={{ width: edges[first], flex: 'none' }} />
      {source.view.columns.slice(first, last).map((column, offset) => (
        <GridHead
          key={column.name}
          column={column}
          number={first + offset}
          width={edges[first + offset + 1] - edges[first + offset]}
          rows={source.view.rows}
          statistics={props.statistics.of(column.name)}
          order={props.order}
          isCursor={props.cursor === first + offset}
          onSort={() => props.sort(first + offset)}
          onResize={(width) => props.resize(column.name, width)}
        />
      ))}
    </div>
  );
}
