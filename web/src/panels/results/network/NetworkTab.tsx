import type { NetworkView } from '../../../model/wire';
import type { Place } from '../api';

interface Props {
  view: NetworkView;
  place: Place;
  version: string;
}

/** The layers of a network. */
export default function NetworkTab({ view }: Props) {
  return <p className="fe-results-hint">{view.layers.length} layers</p>;
}
