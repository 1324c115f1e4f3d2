import type { NodeProps } from '@xyflow/react';
import { memo } from 'react';
import { COMPONENT, INPUT, isInline, type NodeEntry, nameOf, OUTPUT } from '../model/document';
import { baseName } from '../model/form/paths';
import { heightOf } from '../model/geometry';
import { calledAs } from '../model/titles';
import type { Fault, NodeRun, NodeState } from '../model/wire';
import { PackIcon } from '../parts/PackIcon';
import { Tooltip } from '../parts/Tooltip';
import { packOf, useInfo } from '../store/catalogue';
import { useFaults, useNode } from '../store/report';
import { isRunning, useFailure, useNodeRun, useNodeState, useRun } from '../store/run';
import { useView } from '../store/view';
import { Badge } from './Badge';
import { type Detail, useDetail } from './far';
import { type CardNode, wordsId } from './items';
import './NodeCard.css';
import { Comment, NameField } from './NodeText';
import { FarHandles, PortHandles } from './PortHandles';
import { usePulling } from './pulling';
import { Sparkline } from './Sparkline';
import { StateGlyph } from './StateGlyph';
import { Title } from './Title';

/** A node on the canvas: icon, title, essence, state, ports; from far away title and state. */
export const NodeCard = memo(function NodeCard({ id, data, selected }: NodeProps<CardNode>) {
  const { path, entry, ports } = data;
  const info = useInfo(entry.type);
  const isComponent = entry.type === COMPONENT;
  const report = useNode(path);
  const state = useNodeState(path, isComponent) ?? (info ? 'not configured' : 'failed');
  const detail = useDetail();
  const faults = useFaults(path, isComponent);
  const isTarget = usePulling((pulling) => pulling.dropNode === id);
  const title = isComponent ? nameOf(path) : (info?.title ?? report?.title ?? entry.type);
  const look = [
    'fe-node',
    `fe-node-${state.replace(' ', '-')}`,
    selected && 'fe-node-chosen',
    isTarget && 'fe-node-target',
    faults.some(({ severity }) => severity === 'error') && 'fe-node-faulty',
  ];
  return (
    <div
      className={look.filter(Boolean).join(' ')}
      style={{ height: heightOf(ports) }}
      title={detail === 'far' ? title : undefined}
    >
      <span hidden id={wordsId(id)}>
        {calledAs(isComponent ? (info?.title ?? 'Component') : title, nameOf(path), state)}
      </span>
      {detail === 'far' ? (
        <>
          <Title text={title} detail="far" />
          <span hidden className="fe-state" role="img" aria-label={state} />
          <FarHandles node={id} ports={ports} />
        </>
      ) : (
        <>
          <Inside
            {...{ id, path, entry, title, state, detail, faults }}
            essence={report?.essence ?? ''}
          />
          <PortHandles node={id} ports={ports} />
        </>
      )}
    </div>
  );
});

interface InsideProps {
  id: string;
  path: string;
  entry: NodeEntry;
  title: string;
  state: NodeState;
  detail: Detail;
  faults: Fault[];
  essence: string;
}

function Inside({ id, path, entry, title, state, detail, faults, essence }: InsideProps) {
  const isComponent = entry.type === COMPONENT;
  const live = useNodeRun(path);
  const running = useRun(isRunning);
  const report = useNode(path);
  const failure = useFailure(path);
  const renaming = useView((view) => view.editing?.path === path && view.editing.what === 'name');
  const shown = running ? live : undefined;
  const below = essenceOf(state, shown, isComponent ? insideOf(entry) : essence) || id;
  return (
    <>
      <span className="fe-node-icon">
        <PackIcon pack={packOf(entry.type)} size={18} />
      </span>
      <span className="fe-node-words">
        {renaming ? <NameField path={path} /> : <Title text={title} detail={detail} />}
        <span className="fe-node-essence" title={below}>
          {below}
        </span>
      </span>
      <Tooltip text={stateSentence(state, shown)}>
        <span className="fe-node-state">
          <StateGlyph state={state} fraction={shown?.fraction} size={16} />
        </span>
      </Tooltip>
      <Badge path={path} entry={entry} faults={faults} error={failure} report={report} />
      {shown?.state === 'running' && <Sparkline path={path} />}
      <Comment path={path} text={entry.comment ?? ''} />
    </>
  );
}

/** What stands below the title: what it is doing while it runs, else its settings in short. */
function essenceOf(state: NodeState, run: NodeRun | undefined, essence: string): string {
  if (state === 'running' && run?.message) return run.message;
  return essence;
}

/** What a component holds, in short. */
function insideOf(entry: NodeEntry): string {
  if (!isInline(entry)) return baseName(String(entry.settings?.path ?? '')).replace(/\.json$/, '');
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
