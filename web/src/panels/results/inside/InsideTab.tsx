import { useEffect, useRef, useState } from 'react';
import { sentence } from '../../../model/form/words';
import type { InsideNetwork, InsidePlaces, InsideTable } from '../../../model/wire';
import { Button } from '../../../parts/Button';
import { useDocument } from '../../../store/document';
import { useReport } from '../../../store/report';
import { fetchValue } from '../api';
import { MissingView } from '../MissingView';
import { Toolbar } from '../Toolbar';
import { useAsked } from '../useAsked';
import { useSize } from '../useSize';
import { fetchPlaces } from './api';
import { LayerSection } from './LayerSection';
import { usePicked } from './picked';
import { RowPicker } from './RowPicker';
import { useLook } from './useLook';
import { byLayer } from './values';
import './inside.css';

/** After so many milliseconds a look can be cancelled; most take less. */
const PATIENCE = 600;

/** The inside of a layer, or of all layers of a trained network, for a row that one picks. */
export default function InsideTab({ path }: { path: string }) {
  const workflow = useDocument((state) => state.path) ?? '';
  const report = useReport((state) => state.report);
  const states = report ? Object.values(report.nodes).map((node) => node.state + node.seconds) : [];
  const key = [workflow, path, ...states].join(' ');
  const { answer, fault } = useAsked(key, (signal) => fetchPlaces(workflow, path, signal));
  if (fault) return <p className="fe-results-hint">{fault}</p>;
  if (!answer) return <p className="fe-results-hint">Looking …</p>;
  if (answer.networks.length) return <Choice path={path} workflow={workflow} places={answer} />;
  if (answer.node) return <MissingView reason={answer.reason} path={path} before={answer.node} />;
  if (answer.run) return <MissingView reason={answer.reason} path={answer.run} />;
  return <p className="fe-results-hint">{answer.reason}</p>;
}

interface ChoiceProps {
  path: string;
  workflow: string;
  places: InsidePlaces;
}

/** Chooses the network and the table, where there are several. */
function Choice({ path, workflow, places }: ChoiceProps) {
  const [chosen, setChosen] = useState(0);
  const network = places.networks[chosen] ?? places.networks[0];
  const [table, setTable] = useState(0);
  const source = network.tables[table] ?? network.tables[0];
  return (
    <View path={path} workflow={workflow} network={network} table={source}>
      {places.networks.length > 1 && (
        <Select
          label="Network"
          names={places.networks.map((one) => `${one.node} · ${one.port}`)}
          chosen={chosen}
          choose={setChosen}
        />
      )}
      {network.tables.length > 1 && (
        <Select
          label="Rows of"
          names={network.tables.map((one) => `${one.node} · ${one.port}`)}
          chosen={table}
          choose={setTable}
        />
      )}
    </View>
  );
}

interface ViewProps {
  path: string;
  workflow: string;
  network: InsideNetwork;
  table: InsideTable | undefined;
  children: React.ReactNode;
}

function View({ path, workflow, network, table, children }: ViewProps) {
  const [said, say] = useState('');
  const body = useRef<HTMLDivElement>(null);
  const { width } = useSize(body);
  const tableKey = table
    ? `${workflow} ${table.node} ${table.port}`
    : `${workflow} ${network.node} ${network.port}`;
  const picked = usePicked((state) => state.rows[tableKey] ?? 0);
  const pick = usePicked((state) => state.pick);
  const row = table ? Math.min(picked, table.rows - 1) : picked;
  const place = { workflow, node: network.node, port: network.port };
  // Of what the server found, not of what is being changed: that may not be there yet.
  const versions = [network.version, table?.version];
  const key = [workflow, path, network.node, network.port, tableKey, ...versions, row];
  const { inside, fault, isLooking, again, cancel } = useLook(
    { network: place, layer: path, table: table ?? null, row },
    key.join('\n'),
  );
  const isSlow = useLasting(isLooking);
  const facts = table
    ? `What “${network.node}” does with row ${row.toLocaleString('en')} of “${table.node}”`
    : `What “${network.node}” does with random numbers, as no table feeds it`;
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]));
  return (
    <div className="fe-value">
      <Toolbar facts={said || facts}>
        {!table && (
          <Button icon="refresh" onClick={() => pick(tableKey, row + 1)}>
            Draw others
          </Button>
        )}
        {children}
        {isSlow && (
          <Button icon="close" onClick={cancel}>
            Cancel
          </Button>
        )}
      </Toolbar>
      <div className="fe-inside">
        {table && (
          <Rows workflow={workflow} table={table} row={row} pick={(next) => pick(tableKey, next)} />
        )}
        <div
          className="fe-inside-body"
          ref={body}
          role="region"
          aria-label="Inside"
          aria-busy={isLooking}
          // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard
          tabIndex={0}
        >
          {fault && (
            <div className="fe-missing" role="alert">
              <p>{sentence(fault)}</p>
              <Button icon="refresh" onClick={again}>
                Look again
              </Button>
            </div>
          )}
          {!inside && !fault && (
            <p className="fe-results-hint">Looking inside; the first look takes a few seconds …</p>
          )}
          {inside &&
            byLayer(inside).map(([name, parts]) => (
              <LayerSection
                key={name}
                name={name}
                layer={layers.get(name)}
                parts={parts}
                inside={inside}
                width={width - 32}
                say={say}
              />
            ))}
        </div>
      </div>
    </div>
  );
}

/** Whether something holds for longer than people wait without wondering. */
function useLasting(holds: boolean): boolean {
  const [lasts, setLasts] = useState(false);
  useEffect(() => {
    if (!holds) return;
    const timer = window.setTimeout(() => setLasts(true), PATIENCE);
    return () => {
      window.clearTimeout(timer);
      setLasts(false);
    };
  }, [holds]);
  return lasts;
}

interface RowsProps {
  workflow: string;
  table: InsideTable;
  row: number;
  pick: (row: number) => void;
}

function Rows({ workflow, table, row, pick }: RowsProps) {
  const { version } = table;
  const place = { workflow, node: table.node, port: table.port };
  const key = [workflow, table.node, table.port, version].join('\n');
  const { answer } = useAsked(key, (signal) => fetchValue(place, signal));
  if (answer?.kind !== 'table') return <div className="fe-picks" />;
  return <RowPicker place={place} version={version} view={answer} row={row} pick={pick} />;
}

interface SelectProps {
  label: string;
  names: readonly string[];
  chosen: number;
  choose: (place: number) => void;
}

function Select({ label, names, chosen, choose }: SelectProps) {
  return (
    <label className="fe-inside-select">
      {label}
      <select value={chosen} onChange={(event) => choose(Number(event.target.value))}>
        {names.map((name, place) => (
          <option key={name} value={place}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
