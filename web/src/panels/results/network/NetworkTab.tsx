import { useState } from 'react';
import type { NetworkView } from '../../../model/wire';
import type { Place } from '../api';
import { DownloadMenu } from '../DownloadMenu';
import { type Choice, Switch, Toolbar } from '../Toolbar';
import { Diagram } from './Diagram';
import { LayerList } from './LayerList';
import { operationsText } from './layers';
import './network.css';

type Way = 'layers' | 'diagram';

const WAYS: Choice<Way>[] = [
  { id: 'layers', label: 'Layers', icon: 'list' },
  { id: 'diagram', label: 'Diagram', icon: 'layout' },
];

interface Props {
  view: NetworkView;
  place: Place;
  version: string;
}

/** A network: its layers with their sizes, or a diagram of them. */
export default function NetworkTab({ view, place, version }: Props) {
  const [way, setWay] = useState<Way>('layers');
  const frozen = view.parameters - view.trainable;
  const facts = [
    `${view.layers.length.toLocaleString('en')} layer${view.layers.length === 1 ? '' : 's'}`,
    `${view.parameters.toLocaleString('en')} parameters`,
    frozen > 0 && `${frozen.toLocaleString('en')} of them frozen`,
    view.flops > 0 && `${operationsText(view.flops)} operations a row`,
    view.trained ? 'trained' : 'not trained',
  ];
  const formats = view.trained
    ? (['safetensors', 'keras', 'svg', 'json'] as const)
    : (['svg'] as const);
  return (
    <div className="fe-value">
      <Toolbar facts={facts.filter(Boolean).join(' · ')}>
        <Switch label="Show" choices={WAYS} chosen={way} choose={setWay} />
        <DownloadMenu place={place} formats={formats} />
      </Toolbar>
      {way === 'layers' ? <LayerList view={view} /> : <Diagram place={place} version={version} />}
    </div>
  );
}
