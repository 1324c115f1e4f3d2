import { useEffect, useState } from 'react';
import { showNode } from './actions/show';
import { glyphOf, StateGlyph } from './canvas/StateGlyph';
import { useRun } from './store/run';

/** How the run goes: what is done, how long it takes. */
export function RunStatus() {
  const run = useRun((state) => state.run);
  const now = useClock(run?.status === 'running');
  if (!run) return null;
  const nodes = Object.entries(run.nodes);
  const finished = nodes.filter(([, node]) => node.state === 'done').length;
  const at = nodes.find(
    ([, node]) => node.state === (run.status === 'failed' ? 'failed' : 'running'),
  );
  const seconds = run.seconds ?? Math.max(0, now / 1000 - run.started);
  const words = run.status === 'running' ? `${finished} of ${nodes.length}` : run.status;
  return (
    <span className="fe-run-status" role="status" aria-label={`Run: ${words}`}>
      <StateGlyph
        state={glyphOf(run.status)}
        fraction={run.status === 'running' ? finished / Math.max(1, nodes.length) : 0}
        size={15}
      />
      {at ? (
        <button type="button" className="fe-crumb" onClick={() => showNode(at[0])}>
          {at[0]}
        </button>
      ) : (
        words
      )}
      <span>{duration(seconds)}</span>
    </span>
  );
}

/** The time, once a second while it is asked for. */
function useClock(on: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!on) return;
    setNow(Date.now());
    const timer = window.setInterval(() => setNow(Date.now()), 1000);
    return () => window.clearInterval(timer);
  }, [on]);
  return now;
}

export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  if (seconds < 60) return `${Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
