/** Running, resetting, cancelling. */

import { COMPONENT, nameOf, nodeAt } from '../model/document';
import { sentence } from '../model/form/words';
import type { Refusal, Report, RunState } from '../model/wire';
import { saveNow, useDocument } from '../store/document';
import { useReport } from '../store/report';
import { isRunning, useRun } from '../store/run';
import { address, post, ServerError, sentenceOf } from '../store/server';
import { type Toast, toast } from '../store/toast';
import { useView } from '../store/view';
import { type Action, always } from './action';
import { showNode } from './show';

const running = (): boolean => isRunning(useRun.getState());
const idle = (): boolean => !running() && useDocument.getState().document !== null;
/** The selected nodes; what was deleted in the file meanwhile may still be selected. */
const chosen = (): string[] =>
  useView.getState().selection.filter((path) => nodeAt(useDocument.getState().document, path));

/** Takes away what was said of the run before. */
let forget = (): void => undefined;

/** Run to the nodes, or all where none is named; what is shown is kept. */
export async function run(until: string[] = []): Promise<void> {
  const { path } = useDocument.getState();
  if (!path) return;
  forget();
  await saveNow();
  const nodes = until.flatMap(makers);
  const keep = [...new Set([...nodes, ...chosen().flatMap(makers)])];
  try {
    const state = await post<RunState>(address(['run', path]), { until: nodes, keep });
    const known = useRun.getState().run;
    // events may have overtaken the answer
    if (known?.id !== state.id) useRun.getState().setRun(state);
    const out = state.left_out;
    if (out) forget = toast(sentence(out.message), 'warning', wayTo(out));
  } catch (error) {
    const refusal = error instanceof ServerError ? error.refusal : undefined;
    forget = toast(sentence(sentenceOf(error)), 'error', wayTo(refusal));
  }
}

/** To the node that is in the way of a run, where it is one that can be seen. */
function wayTo(refusal: Refusal | undefined): Toast['action'] {
  const node = refusal?.faults[0]?.node;
  if (!node || !nodeAt(useDocument.getState().document, node)) return undefined;
  return { label: `Go to “${nameOf(node)}”`, perform: () => showNode(node) };
}

/** The nodes that stand for a node in a run: a component's are those behind its outputs, if any. */
function makers(path: string): string[] {
  const entry = nodeAt(useDocument.getState().document, path);
  if (entry?.type !== COMPONENT) return [path];
  const sources = useReport.getState().report?.components[path]?.sources ?? {};
  const made = Object.values(sources).flatMap((source) => (source ? [source.node] : []));
  return made.length ? made : [path];
}

export async function reset(nodes: string[] = []): Promise<void> {
  const { path } = useDocument.getState();
  if (!path) return;
  await saveNow();
  try {
    const report = await post<Report>(address(['reset', path]), { nodes });
    useReport.getState().setReport(report);
  } catch (error) {
    toast(sentence(sentenceOf(error)), 'error');
  }
}

export async function cancel(): Promise<void> {
  const { run: current } = useRun.getState();
  if (current) await ask(['runs', current.id, 'cancel'], {});
}

/** Let a learner end early; what it has learned is kept. */
export async function stopLearning(node: string): Promise<void> {
  const { run: current } = useRun.getState();
  if (current) await ask(['runs', current.id, 'stop'], { node });
}

async function ask(parts: string[], body: unknown): Promise<void> {
  try {
    await post(address(parts), body);
  } catch (error) {
    toast(sentence(sentenceOf(error)), 'error');
  }
}

/** The learner that is running, if one is: it has metrics. */
export function runningLearner(): string | undefined {
  const { run: current } = useRun.getState();
  if (current?.status !== 'running') return undefined;
  const learners = Object.keys(current.metrics).filter(
    (path) => current.nodes[path]?.state === 'running',
  );
  return learners.find((path) => chosen().includes(path)) ?? learners[0];
}

export const RUN_ACTIONS: Action[] = [
  {
    id: 'run.here',
    label: 'Run to here',
    icon: 'play',
    keys: ['F7', 'Ctrl+Enter'],
    group: 'Run',
    enabled: () => idle() && chosen().length > 0,
    perform: () => void run(chosen()),
  },
  {
    id: 'run.all',
    label: 'Run all',
    icon: 'playAll',
    keys: ['Shift+F7', 'Ctrl+Shift+Enter'],
    group: 'Run',
    enabled: idle,
    perform: () => void run(),
  },
  {
    id: 'run.cancel',
    label: 'Cancel the run',
    icon: 'close',
    keys: ['F9', 'Alt+Shift+X'],
    group: 'Run',
    enabled: running,
    perform: () => void cancel(),
  },
  {
    id: 'run.stop',
    label: 'Stop learning and keep',
    icon: 'stop',
    keys: ['Shift+F9'],
    group: 'Run',
    enabled: () => runningLearner() !== undefined,
    perform: () => {
      const learner = runningLearner();
      if (learner) void stopLearning(learner);
    },
  },
  {
    id: 'run.reset',
    label: 'Reset',
    icon: 'reset',
    keys: ['F8'],
    group: 'Run',
    enabled: () => idle() && chosen().length > 0,
    perform: () => void reset(chosen()),
  },
  {
    id: 'run.reset_all',
    label: 'Reset all',
    icon: 'refresh',
    keys: ['Shift+F8'],
    group: 'Run',
    enabled: idle,
    perform: () => void reset(),
  },
  {
    id: 'run.results',
    label: 'Show results',
    icon: 'table',
    keys: ['F10', 'Alt+R'],
    group: 'Run',
    enabled: always,
    perform: () => {
      useView.getState().showBelow('results');
      requestAnimationFrame(() =>
        document
          .querySelector<HTMLElement>('.fe-below-content :is([role="tab"][tabindex="0"], button)')
          ?.focus(),
      );
    },
  },
];
