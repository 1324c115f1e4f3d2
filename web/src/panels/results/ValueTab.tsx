import type { ValueView } from '../../model/wire';
import { lazily } from '../../parts/lazily';
import { useDocument } from '../../store/document';
import { useReport } from '../../store/report';
import { fetchValue, type Place } from './api';
import { MissingView } from './MissingView';
import type { PortTab } from './tabs';
import { useAsked } from './useAsked';
import { useVersion } from './useVersion';

const TableTab = lazily(() => import('./table/TableTab'));
const ChartTab = lazily(() => import('./values/ChartTab'));
const NetworkTab = lazily(() => import('./network/NetworkTab'));
const ModelTab = lazily(() => import('./values/ModelTab'));
const VariableTab = lazily(() => import('./values/VariableTab'));

interface Props {
  tab: PortTab;
  path: string;
}

/** The value at an output port, drawn as its kind asks for. */
export function ValueTab({ tab, path }: Props) {
  const workflow = useDocument((state) => state.path) ?? '';
  const version = useVersion(tab.node, tab.port);
  const place = { workflow, node: tab.node, port: tab.port };
  // a node that was just added or renamed is not saved yet
  const isKnown = useReport(
    ({ report }) => (report?.nodes[tab.node] ?? report?.components[tab.node]) !== undefined,
  );
  const key = [workflow, tab.node, tab.port, version, isKnown].join('\n');
  const { answer, fault, isOffline } = useAsked(key, async (signal) =>
    isKnown ? fetchValue(place, signal) : null,
  );
  if (isOffline) return <p className="fe-results-hint">{fault} This comes when it is back.</p>;
  if (fault) return <MissingView reason={fault} path={path} />;
  if (!answer) return <p className="fe-results-hint">Looking …</p>;
  return <Value view={answer} place={place} version={version} path={path} label={tab.label} />;
}

interface ValueProps {
  view: ValueView;
  place: Place;
  version: string;
  path: string;
  label: string;
}

function Value({ view, place, version, path, label }: ValueProps) {
  switch (view.kind) {
    case 'missing':
      return <MissingView reason={view.reason} path={path} before={view.node} />;
    case 'table':
      return <TableTab source={{ place, version, view, filter: null }} label={label} />;
    case 'chart':
      return <ChartTab view={view} place={place} label={label} />;
    case 'network':
      return <NetworkTab view={view} place={place} version={version} />;
    case 'model':
      return <ModelTab view={view} place={place} />;
    case 'variable':
      return <VariableTab view={view} />;
  }
}
