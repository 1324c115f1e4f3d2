/** How events change what is known of a run. */

import type { Message, NodeRun, NodeState, Preview, RunEvent, RunState, RunStatus } from './wire';

const LOG_LIMIT = 2000;

const FRESH: NodeRun = {
  state: 'queued',
  cached: false,
  fraction: 0,
  message: '',
  started: null,
  seconds: null,
  error: '',
};

/** The run after some events. Only what they touch is new, so that little is drawn again. */
export function afterEvents(run: RunState, events: readonly RunEvent[]): RunState {
  const next = { ...run, nodes: { ...run.nodes } };
  const points = new Map<string, Map<string, [number, number][]>>();
  const log: Message[] = [];
  for (const event of events) {
    if (event.kind === 'metric') collect(points, event);
    else if (event.kind === 'log' || event.kind === 'warning') log.push(message(event));
    else if (event.kind === 'run') next.status = event.data.status as RunStatus;
    else if (event.kind === 'preview')
      next.previews = { ...next.previews, [event.node]: event.data as unknown as Preview };
    else next.nodes[event.node] = afterEvent(next.nodes[event.node] ?? FRESH, event);
  }
  if (points.size) next.metrics = withPoints(run.metrics, points);
  if (log.length) next.log = [...run.log, ...log].slice(-LOG_LIMIT);
  return next;
}

function afterEvent(node: NodeRun, event: RunEvent): NodeRun {
  const { data, time } = event;
  if (event.kind === 'progress')
    return {
      ...node,
      fraction: (data.fraction as number | null) ?? node.fraction,
      message: (data.message as string | undefined) ?? node.message,
    };
  const state = data.state as NodeState;
  return {
    ...node,
    state,
    cached: Boolean(data.cached),
    fraction: state === 'running' ? 0 : node.fraction,
    started: state === 'running' ? time : node.started,
    seconds: (data.seconds as number | undefined) ?? node.seconds,
    error: (data.error as string | undefined) ?? '',
  };
}

const message = (event: RunEvent): Message => ({
  time: event.time,
  node: event.node,
  severity: event.kind === 'warning' ? 'warning' : 'info',
  text: String(event.data.message ?? ''),
});

function collect(points: Map<string, Map<string, [number, number][]>>, event: RunEvent): void {
  const { name, step, value } = event.data as { name: string; step: number; value: number };
  const ofNode = points.get(event.node) ?? new Map<string, [number, number][]>();
  points.set(event.node, ofNode);
  const known = ofNode.get(name);
  if (known) known.push([step, value]);
  else ofNode.set(name, [[step, value]]);
}

function withPoints(
  metrics: RunState['metrics'],
  points: Map<string, Map<string, [number, number][]>>,
): RunState['metrics'] {
  const next = { ...metrics };
  for (const [node, series] of points) {
    const ofNode = { ...next[node] };
    for (const [name, more] of series) ofNode[name] = (ofNode[name] ?? []).concat(more);
    next[node] = ofNode;
  }
  return next;
}
