import type { ChartView } from '../../../model/wire';
import type { Place } from '../api';

interface Props {
  view: ChartView;
  place: Place;
  path: string;
  label: string;
}

/** A chart. */
export default function ChartTab({ label }: Props) {
  return <p className="fe-results-hint">{label}</p>;
}
