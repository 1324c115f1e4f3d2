import { StateGlyph } from '../../canvas/StateGlyph';
import { duration } from '../../model/form/words';
import { useComponent, useNode } from '../../store/report';
import { useNodeRun, useNodeState } from '../../store/run';

/** How a node stands, in a word and what there is to say of it. */
export function StateLine({ path }: { path: string }) {
  const state = useNodeState(path);
  const run = useNodeRun(path);
  const report = useNode(path);
  const isKnown = useComponent(path) !== undefined || report !== undefined;
  if (!state || !isKnown) return null;
  const seconds = run?.seconds ?? report?.seconds;
  const parts = [
    state === 'running' && run?.message,
    state === 'running' && run && run.fraction > 0 && `${Math.round(run.fraction * 100)} %`,
    run?.cached && 'result was known',
    state === 'done' && seconds && !run?.cached && duration(seconds),
    // while it runs, what it says is more than what is set
    state !== 'running' && report?.essence,
  ].filter(Boolean);
  return (
    <p className="fe-set-head-state" data-state={state}>
      <StateGlyph fraction={run?.fraction ?? 0} size={14} state={state} />
      <strong>{state}</strong>
      {parts.map((part) => (
        <span key={String(part)}> · {part}</span>
      ))}
    </p>
  );
}
