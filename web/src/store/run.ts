/** The run that is under way, or was last. Events are taken in once a frame. */

import { create } from 'zustand';
import { afterEvents } from '../model/run_events';
import type { NodeRun, NodeState, RunEvent, RunState } from '../model/wire';
import { useReport } from './report';

interface Run {
  run: RunState | null;
  setRun(run: RunState | null): void;
}

let waiting: RunEvent[] = [];
let frame = 0;

export const useRun = create<Run>((set) => ({
  run: null,
  setRun: (run) => {
    waiting = [];
    set({ run });
  },
}));

/** Take in events of a run; those of another are none of ours. */
export function receive(id: string, events: readonly RunEvent[]): void {
  if (useRun.getState().run?.id !== id) return;
  waiting.push(...events);
  if (!frame) frame = requestAnimationFrame(flush);
}

function flush(): void {
  frame = 0;
  const { run } = useRun.getState();
  const events = waiting;
  waiting = [];
  if (run && events.length) useRun.setState({ run: afterEvents(run, events) });
}

export const isRunning = (state: { run: RunState | null }): boolean =>
  state.run?.status === 'running';

export const useNodeRun = (path: string): NodeRun | undefined =>
  useRun((state) => state.run?.nodes[path]);

export const useMetrics = (path: string): Record<string, [number, number][]> | undefined =>
  useRun((state) => state.run?.metrics[path]);

/** The state a node shows: the run's while it runs, else the report's. */
export function useNodeState(path: string, isComponent = false): NodeState | undefined {
  const live = useRun((state) => {
    if (!isRunning(state) || !state.run) return undefined;
    return isComponent ? stateWithin(state.run, `${path}/`) : state.run.nodes[path]?.state;
  });
  const known = useReport(
    (state) => state.report?.nodes[path]?.state ?? state.report?.components[path]?.state,
  );
  return live ?? known;
}

/** Why a node failed: in the run that is under way, else as far as it still stands as it did then. */
export function useFailure(path: string): string {
  const live = useRun((state) => (isRunning(state) ? state.run?.nodes[path]?.error : undefined));
  const known = useReport((state) => state.report?.nodes[path]?.error);
  return live ?? known ?? '';
}

/** States of which one node is enough to make a component's, the weightiest first. */
const WEIGHTY: NodeState[] = ['failed', 'running', 'cancelled', 'queued'];

/** The state of a component, from those of its nodes that take part in the run. */
function stateWithin(run: RunState, prefix: string): NodeState | undefined {
  const states = Object.entries(run.nodes)
    .filter(([path]) => path.startsWith(prefix))
    .map(([, node]) => node.state);
  return WEIGHTY.find((state) => states.includes(state)) ?? states[0];
}
