import { useState } from 'react';
import { run } from '../../actions/run';
import { Button } from '../../parts/Button';
import { isRunning, useNodeRun, useRun } from '../../store/run';

/** In place of a value that is not there: why, and the button that makes it. */
export function MissingView({ reason, path }: { reason: string; path: string }) {
  const node = useNodeRun(path);
  const running = useRun(isRunning);
  const [isAsked, setAsked] = useState(false);
  const start = async () => {
    setAsked(true);
    await run([path]);
    setAsked(false);
  };
  if (running && (node?.state === 'running' || node?.state === 'queued')) {
    const share = node.state === 'running' && node.fraction > 0 ? node.fraction : undefined;
    return (
      <div className="fe-missing">
        <p>{node.state === 'running' ? node.message || 'Running …' : 'Waits for its turn.'}</p>
        <progress value={share} aria-label="Progress" />
      </div>
    );
  }
  return (
    <div className="fe-missing">
      <p>{reason}</p>
      <Button icon="play" look="primary" onClick={start} disabled={running || isAsked}>
        Run to here
      </Button>
    </div>
  );
}
