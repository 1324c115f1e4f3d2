import { useEffect } from 'react';
import type { ColumnStatistics } from '../../../model/wire';
import { cellText } from './cells';
import { Histogram } from './Histogram';
import { missingText } from './statistics';
import { type Source, useStatistics } from './useTable';
import './columns.css';

const HEADS = [
  'Column',
  'Type',
  'Values',
  'Missing',
  'Distinct',
  'Minimum',
  'Maximum',
  'Mean',
  'Deviation',
];

/** More columns than this are not summed up unasked. */
const MOST = 500;

/** The columns of a table in numbers. */
export function ColumnList({ source }: { source: Source }) {
  const { columns, rows } = source.view;
  const shown = columns.slice(0, MOST);
  const statistics = useStatistics(source);
  useEffect(
    () => statistics.want(source.view.columns.slice(0, MOST).map((column) => column.name)),
    [statistics, source.view],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
    <div className="fe-columns" role="region" aria-label="Columns" tabIndex={0}>
      <table>
        <thead>
          <tr>
            {HEADS.map((head, place) => (
              <th key={head} className={place > 2 ? 'fe-columns-right' : undefined} scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((column) => {
            const known = statistics.of(column.name);
            return (
              <tr key={column.name}>
                <th scope="row">{column.name}</th>
                <td>{column.type}</td>
                <td className="fe-columns-bins">
                  {known && known.bins.length > 1 && <Histogram bins={known.bins} height={20} />}
                </td>
                <Numbers known={known} rows={rows} />
              </tr>
            );
          })}
        </tbody>
      </table>
      {columns.length > MOST && (
        <p className="fe-results-hint">
          The first {MOST} of {columns.length.toLocaleString('en')} columns.
        </p>
      )}
    </div>
  );
}

function Numbers({ known, rows }: { known: ColumnStatistics | undefined; rows: number }) {
  const missing = known ? missingText(known.missing, rows).replace(' missing', '') || '0' : '';
  const values = [known?.distinct, known?.minimum, known?.maximum, known?.mean, known?.deviation];
  return (
    <>
      <td className={`fe-columns-right${known?.missing ? ' fe-columns-missing' : ''}`}>
        {missing}
      </td>
      {values.map((value, place) => (
        <td key={place} className="fe-columns-right">
          {cellText(value)}
        </td>
      ))}
    </>
  );
}
