import { useMemo, useState } from 'react';
import type { RunCard } from '../../model/wire';
import { metricLabel } from '../results/learning/curves';
import { type Column, metricColumns, type Sorting, settingColumns, sorted } from './comparing';
import { RunLine } from './RunLine';

interface Props {
  cards: readonly RunCard[];
  chosen: readonly string[];
  colourOf: (id: string) => string;
  toggle: (id: string) => void;
}

/** The runs as a table; a click on a head sorts. */
export function RunTable({ cards, chosen, colourOf, toggle }: Props) {
  const [sorting, setSorting] = useState<Sorting>({ key: 'started', descending: true });
  const settings = useMemo(() => settingColumns(cards), [cards]);
  const metrics = useMemo(() => metricColumns(cards), [cards]);
  const lines = useMemo(() => sorted(cards, sorting), [cards, sorting]);
  const head = (key: string, name: string, node = '', isNumber = true) => (
    <Head
      key={key}
      name={name}
      node={node}
      isNumber={isNumber}
      sorting={sorting.key === key ? sorting : null}
      sort={() =>
        setSorting((old) => ({ key, descending: old.key === key ? !old.descending : isNumber }))
      }
    />
  );
  const several = (columns: Column[]) => new Set(columns.map((column) => column.node)).size > 1;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className="fe-runs-table" role="region" aria-label="Runs of this workflow" tabIndex={0}>
      <table>
        <thead>
          <tr>
            <th scope="col" aria-label="Compare" />
            {head('started', 'Started')}
            {head('status', 'Status', '', false)}
            {head('seconds', 'Duration')}
            {settings.map(({ key, name, node }) => head(key, name, node, false))}
            {metrics.map(({ key, name, node }) =>
              head(key, metricLabel(name), several(metrics) ? node : ''),
            )}
            <th scope="col" aria-label="Actions" />
          </tr>
        </thead>
        <tbody>
          {lines.map((card) => (
            <RunLine
              key={card.id}
              card={card}
              colour={chosen.includes(card.id) ? colourOf(card.id) : null}
              settings={settings}
              metrics={metrics}
              toggle={() => toggle(card.id)}
            />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface HeadProps {
  name: string;
  node: string;
  isNumber: boolean;
  sorting: Sorting | null;
  sort: () => void;
}

function Head({ name, node, isNumber, sorting, sort }: HeadProps) {
  const direction = sorting ? (sorting.descending ? 'descending' : 'ascending') : 'none';
  return (
    <th scope="col" aria-sort={direction} className={isNumber ? 'fe-runs-number' : undefined}>
      <button type="button" onClick={sort}>
        {node && <small>{node}</small>}
        {name}
        {sorting && <span aria-hidden="true">{sorting.descending ? ' ↓' : ' ↑'}</span>}
      </button>
    </th>
  );
}
