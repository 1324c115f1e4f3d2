import { PortMark } from '../../canvas/PortMark';
import { nodeAt, settingsOf } from '../../model/document';
import type { PortInfo } from '../../model/wire';
import { Button } from '../../parts/Button';
import { useInfo } from '../../store/catalogue';
import { useDocument } from '../../store/document';
import { useComponent, useFaults, useNode, usePort } from '../../store/report';
import { useView } from '../../store/view';
import { FormScopeOf } from './FormScopeOf';
import { Head } from './Head';
import { NodeForm } from './NodeForm';
import { Errors, Warnings } from './Problems';
import { Variables } from './Variables';

/** A component that is held in line: its ports, its variables, the way into it. */
export function ComponentPanel({ path }: { path: string }) {
  const entry = useDocument((state) => nodeAt(state.document, path));
  const info = useInfo(entry?.type ?? '');
  const component = useComponent(path);
  const report = useNode(path);
  const faults = useFaults(path);
  const isOpen = useView((state) => state.component === path);
  if (!entry) return null;
  const problems = { path, entry, report, faults };
  return (
    <>
      <Head path={path} title={info?.title ?? 'Component'} type={entry.type} />
      <Errors {...problems} />
      <div className="fe-settings-body">
        <Warnings {...problems} />
        {!isOpen && (
          <div className="fe-set-section">
            <Button icon="component" onClick={() => useView.getState().openComponent(path)}>
              Open the component
            </Button>
          </div>
        )}
        {!isOpen && Object.keys(entry.nodes ?? {}).length === 0 && info && (
          <FormScopeOf path={path} type={entry.type}>
            <NodeForm faults={[]} info={info} path={path} values={settingsOf(entry)} />
          </FormScopeOf>
        )}
        <Ports path={path} ports={component?.inputs ?? []} title="Inputs" />
        <Ports isOutput path={path} ports={component?.outputs ?? []} title="Outputs" />
        <Variables component={path} />
      </div>
    </>
  );
}

interface PortsProps {
  path: string;
  ports: PortInfo[];
  title: string;
  isOutput?: boolean;
}

function Ports({ path, ports, title, isOutput }: PortsProps) {
  if (!ports.length) return null;
  return (
    <section aria-label={title} className="fe-set-section">
      <h3>{title}</h3>
      {ports.map((port) => (
        <div className="fe-set-output" key={port.id}>
          <div className="fe-set-output-head">
            <PortMark type={port.type} />
            <span>{port.id}</span>
            {isOutput ? (
              <Known path={path} port={port} />
            ) : (
              <span className="fe-set-output-text">
                {port.type}
                {port.optional && ', optional'}
              </span>
            )}
          </div>
        </div>
      ))}
    </section>
  );
}

function Known({ path, port }: { path: string; port: PortInfo }) {
  const text = usePort(path, port.id)?.text;
  return <span className="fe-set-output-text">{text || port.type}</span>;
}
