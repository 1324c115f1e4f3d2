import { type Filter, fetchValue, type Place } from '../api';
import { MissingView } from '../MissingView';
import TableTab from '../table/TableTab';
import { useAsked } from '../useAsked';
import { useVersion } from '../useVersion';

/** The rows of a table behind a mark of a chart; images side by side where it has some. */
export function BehindTable({ place, filter }: { place: Place; filter: Filter }) {
  const version = useVersion(place.node, place.port);
  const key = [place.workflow, place.node, place.port, version].join('\n');
  const { answer, fault } = useAsked(key, (signal) => fetchValue(place, signal));
  if (fault) return <MissingView reason={fault} path={place.node} />;
  if (!answer) return null;
  if (answer.kind !== 'table') {
    const reason = answer.kind === 'missing' ? answer.reason : 'These rows are not in a table.';
    return <MissingView reason={reason} path={place.node} />;
  }
  const hasImages = answer.columns.some((column) => column.kind === 'image');
  return (
    <div className="fe-behind">
      <TableTab
        key={JSON.stringify(filter)}
        source={{ place, version, view: answer, filter }}
        label="Rows behind the mark"
        first={hasImages ? 'images' : 'rows'}
      />
    </div>
  );
}
