import { useState } from 'react';
import { run } from '../../actions/run';
import { showNode } from '../../actions/show';
import { Button } from '../../parts/Button';
import { isRunning, useNodeRun, useRun } from '../../store/run';

interface Props {
  reason: string;
  path: string;
  /** The node that has to be configured first, if one has to. */
  before?: string;
}

/** In place of a value that is not there: why, and the button that makes it. */
export function MissingView({ reason, path, before }: Props) {
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
      {before ? (
        before !== path && <Button onClick={() => showNode(before)}>Go to “{before}”</Button>
      ) : (
        <Button icon="play" look="primary" onClick={start} disabled={running || isAsked}>
          Run to here
        </Button>
      )}
    </div>
  );
}
