import { Handle, type NodeProps, Position } from '@xyflow/react';
import { memo } from 'react';
import { COMPONENT, INPUT, isInline, type NodeEntry, nameOf, OUTPUT } from '../model/document';
import { heightOf, portOffset } from '../model/geometry';
import type { Port } from '../model/graph';
import type { Fault, NodeRun, NodeState } from '../model/wire';
import { Icon } from '../parts/Icon';
import { PackIcon } from '../parts/PackIcon';
import { Tooltip } from '../parts/Tooltip';
import { packOf, useInfo } from '../store/catalogue';
import { useFaults, useNode } from '../store/report';
import { isRunning, useNodeRun, useNodeState, useRun } from '../store/run';
import { useView } from '../store/view';
import type { CardNode } from './items';
import './NodeCard.css';
import { Comment, NameField } from './NodeText';
import { PortMark } from './PortMark';
import { type Pull, suits, usePulling } from './pulling';
import { Sparkline } from './Sparkline';
import { StateGlyph } from './StateGlyph';

/** A node on the canvas: icon, title, essence, state, ports. */
export const NodeCard = memo(function NodeCard({ id, data, selected }: NodeProps<CardNode>) {
  const { path, entry, ports } = data;
  const info = useInfo(entry.type);
  const isComponent = entry.type === COMPONENT;
  const report = useNode(path);
  const state = useNodeState(path, isComponent) ?? (info ? 'not configured' : 'failed');
  const live = useNodeRun(path);
  const running = useRun(isRunning);
  const faults = useFaults(path, isComponent);
  const pull = usePulling((item) => item.pull);
  const renaming = useView((view) => view.editing?.path === path && view.editing.what === 'name');

  const title = isInline(entry) ? nameOf(path) : (report?.title ?? info?.title ?? entry.type);
  const shown = running ? live : undefined;
  const essence =
    essenceOf(state, shown, isComponent ? insideOf(entry) : (report?.essence ?? '')) || id;
  return (
    <div
      className={`fe-node${selected ? ' fe-node-chosen' : ''} fe-node-${state.replace(' ', '-')}`}
      style={{ height: heightOf(ports) }}
    >
      <span className="fe-node-icon">
        <PackIcon pack={packOf(entry.type)} size={18} />
      </span>
      <span className="fe-node-words">
        {renaming ? (
          <NameField path={path} />
        ) : (
          <span className="fe-node-title" title={title}>
            {title}
          </span>
        )}
        <span className="fe-node-essence">{essence}</span>
      </span>
      <Tooltip text={stateSentence(state, shown)}>
        <span className="fe-node-state">
          <StateGlyph state={state} fraction={shown?.fraction} size={16} />
        </span>
      </Tooltip>
      <Badge
        faults={faults}
        error={live?.error || report?.error || ''}
        warnings={report?.warnings}
      />
      {ports.inputs.map((port, index) => (
        <PortHandle
          key={`in:${port.id}`}
          {...{ node: id, port, pull }}
          direction="in"
          top={portOffset(index, ports.inputs.length, heightOf(ports))}
        />
      ))}
      {ports.outputs.map((port, index) => (
        <PortHandle
          key={`out:${port.id}`}
          {...{ node: id, port, pull }}
          direction="out"
          top={portOffset(index, ports.outputs.length, heightOf(ports))}
        />
      ))}
      {shown?.state === 'running' && <Sparkline path={path} />}
      <Comment path={path} text={entry.comment ?? ''} />
    </div>
  );
});

/** What stands below the title: what it is doing while it runs, else its settings in short. */
function essenceOf(state: NodeState, run: NodeRun | undefined, essence: string): string {
  if (state === 'running' && run?.message) return run.message;
  return essence;
}

/** What a component holds, in short. */
function insideOf(entry: NodeEntry): string {
  if (!isInline(entry)) return String(entry.settings?.path ?? '');
  const count = Object.values(entry.nodes ?? {}).filter(
    ({ type }) => type !== INPUT && type !== OUTPUT,
  ).length;
  return count === 1 ? '1 node' : `${count} nodes`;
}

function stateSentence(state: NodeState, run: NodeRun | undefined): string {
  if (state === 'running' && run) {
    const percent = run.fraction > 0 ? ` · ${Math.round(run.fraction * 100)} %` : '';
    return `running${percent}${run.message ? `\n${run.message}` : ''}`;
  }
  if (state === 'done' && run?.cached) return 'done (its result was known)';
  return EXPLAINED[state] ?? state;
}

const EXPLAINED: Partial<Record<NodeState, string>> = {
  'not configured': 'not configured: something is missing or wrong',
  ready: 'ready to run',
  waiting: 'waiting: what comes in is not known yet',
  changed: 'changed since it ran',
  skipped: 'skipped: something before it failed',
  inactive: 'inactive: on a branch that is not taken',
  stopped: 'stopped: running it again continues',
};

interface BadgeProps {
  faults: readonly Fault[];
  error: string;
  warnings: readonly string[] | undefined;
}

/** A mark where something is wrong; the sentences are in its tooltip. */
function Badge({ faults, error, warnings = [] }: BadgeProps) {
  const errors = [error, ...faults.filter(isError).map(({ message }) => message)].filter(Boolean);
  const others = [
    ...faults.filter((fault) => !isError(fault)).map(({ message }) => message),
    ...warnings,
  ];
  const sentences = [...new Set([...errors, ...others])];
  if (!sentences.length) return null;
  const look = errors.length ? 'error' : 'warning';
  return (
    <Tooltip text={sentences.join('\n')}>
      <span
        className={`fe-node-badge fe-node-badge-${look}`}
        role="img"
        aria-label={`${look}: ${sentences.join(' ')}`}
      >
        <Icon name={look} size={14} />
      </span>
    </Tooltip>
  );
}

const isError = (fault: Fault): boolean => fault.severity === 'error';

interface PortHandleProps {
  node: string;
  port: Port;
  direction: 'in' | 'out';
  top: number;
  pull: Pull | null;
}

function PortHandle({ node, port, direction, top, pull }: PortHandleProps) {
  const look = suits(pull, node, direction, port.id, port.type);
  return (
    <Handle
      id={`${direction}:${port.id}`}
      type={direction === 'in' ? 'target' : 'source'}
      position={direction === 'in' ? Position.Left : Position.Right}
      className={`fe-port fe-port-${direction}${look ? ` fe-port-${look}` : ''}`}
      style={{ top }}
      aria-label={`${direction === 'in' ? 'Input' : 'Output'} ${port.id}${port.type ? `, ${port.type}` : ''}`}
    >
      <PortMark type={port.type} many={port.many} />
      <span className="fe-port-label">
        {port.id}
        {port.optional && <i> optional</i>}
      </span>
    </Handle>
  );
}
