import { useNode, usePort } from '../../store/report';
import { useRun } from '../../store/run';

/**
 * Return a text that changes whenever the value at a port may have become another.
 *
 * A value is another when what it follows from is, or when its node was computed again: its state
 * changes on the way, or another run computed it.
 */
export function useVersion(node: string, port: string): string {
  const report = useNode(node);
  const kept = usePort(node, port)?.kept ?? false;
  const computed = useRun((state) => {
    const run = state.run?.nodes[node];
    if (!state.run || !run || run.cached) return '';
    return run.state === 'done' || run.state === 'stopped' ? state.run.id : run.state;
  });
  return [report?.key, report?.state, report?.seconds, kept, computed].join(' ');
}
