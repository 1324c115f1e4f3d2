import { useMemo } from 'react';
import type { Message } from '../../model/wire';
import { useFaults, useNode } from '../../store/report';
import { useNodeRun, useRun } from '../../store/run';

/** What a node said: faults, warnings, its last failure, and the log of the latest run. */
export function LogView({ path }: { path: string }) {
  const node = useNode(path);
  const run = useNodeRun(path);
  const faults = useFaults(path);
  const log = useRun((state) => state.run?.log);
  const lines = useMemo(
    () => (log ?? []).filter((line) => line.node === path || line.node.startsWith(`${path}/`)),
    [log, path],
  );
  const error = run?.error || node?.error || '';
  const warnings = node?.warnings ?? [];
  const said = new Set(lines.map((line) => line.text));
  const isEmpty = !lines.length && !faults.length && !error && !warnings.length;
  if (isEmpty) return <p className="fe-results-hint">Nothing to report: no warnings, no errors.</p>;
  return (
    <div className="fe-log" role="log" aria-label="Log">
      {faults.map((fault) => (
        <p key={`${fault.pointer} ${fault.message}`} data-severity={fault.severity}>
          {fault.message}
        </p>
      ))}
      {warnings
        .filter((warning) => !said.has(warning))
        .map((warning) => (
          <p key={warning} data-severity="warning">
            {warning}
          </p>
        ))}
      {lines.map((line, place) => (
        <Line key={place} line={line} />
      ))}
      {error && !said.has(error) && <p data-severity="error">{error}</p>}
      {node?.details && <pre>{node.details}</pre>}
    </div>
  );
}

function Line({ line }: { line: Message }) {
  const time = new Date(line.time * 1000);
  return (
    <p data-severity={line.severity}>
      <time dateTime={time.toISOString()}>{time.toLocaleTimeString('en-GB')}</time>
      {line.text}
    </p>
  );
}
