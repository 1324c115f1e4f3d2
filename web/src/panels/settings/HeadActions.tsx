import { cancel, reset, run, stopLearning } from '../../actions/run';
import { IconButton } from '../../parts/Button';
import { isRunning, useMetrics, useNodeState, useRun } from '../../store/run';

/** Buttons of the node's head: to run to here, and to forget the result. */
export function HeadActions({ path }: { path: string }) {
  const isBusy = useRun(isRunning);
  const state = useNodeState(path);
  const isLearning = useMetrics(path) !== undefined && state === 'running';
  if (isBusy)
    return (
      <div className="fe-set-head-actions">
        {isLearning && (
          <IconButton
            icon="stop"
            label="Stop learning and keep what is learned"
            onClick={() => void stopLearning(path)}
          />
        )}
        <IconButton
          icon="close"
          label="Cancel the run"
          onClick={() => void cancel()}
          shortcut="F9"
        />
      </div>
    );
  return (
    <div className="fe-set-head-actions">
      <IconButton icon="play" label="Run to here" onClick={() => void run([path])} shortcut="F7" />
      <IconButton icon="reset" label="Reset" onClick={() => void reset([path])} shortcut="F8" />
    </div>
  );
}
