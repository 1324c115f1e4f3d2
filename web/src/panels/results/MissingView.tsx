import { useState } from 'react';
import { Button } from '../../parts/Button';
import { useDocument } from '../../store/document';
import { isRunning, useNodeRun, useRun } from '../../store/run';
import { sentenceOf } from '../../store/server';
import { toast } from '../../store/toast';
import { runTo } from './api';

/** In place of a value that is not there: why, and the button that makes it. */
export function MissingView({ reason, path }: { reason: string; path: string }) {
  const workflow = useDocument((state) => state.path);
  const run = useNodeRun(path);
  const running = useRun(isRunning);
  const [isAsked, setAsked] = useState(false);
  const start = async () => {
    if (!workflow) return;
    setAsked(true);
    try {
      useRun.getState().setRun(await runTo(workflow, path));
    } catch (error) {
      toast(sentenceOf(error), 'error');
    } finally {
      setAsked(false);
    }
  };
  const isBusy = running && (run?.state === 'running' || run?.state === 'queued');
  if (isBusy) {
    const share = run.state === 'running' && run.fraction > 0 ? run.fraction : undefined;
    return (
      <div className="fe-missing">
        <p>{run.state === 'running' ? run.message || 'Running …' : 'Waits for its turn.'}</p>
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
