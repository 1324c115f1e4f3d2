import { run } from '../../actions/run';
import { setSettings } from '../../model/commands';
import { type NodeEntry, settingsOf } from '../../model/document';
import { proposal } from '../../model/form/faults';
import { sentence } from '../../model/form/words';
import type { Fault, NodeReport } from '../../model/wire';
import { Icon } from '../../parts/Icon';
import { useDocument } from '../../store/document';
import { isRunning, useNodeRun, useRun } from '../../store/run';
import { Words } from './Prose';
import './Problems.css';

interface ProblemsProps {
  path: string;
  entry: NodeEntry;
  report: NodeReport | undefined;
  /** What no field shows itself. */
  faults: Fault[];
}

/** What is wrong with a node and belongs to none of its fields. */
export function Problems({ path, entry, report, faults }: ProblemsProps) {
  const running = useRun(isRunning);
  const failure = useNodeRun(path)?.error || report?.error || '';
  const sentences = new Set(faults.map((fault) => fault.message));
  const warnings = (report?.warnings ?? []).filter((message) => !sentences.has(message));
  if (!failure && !faults.length && !warnings.length) return null;
  return (
    <div className="fe-set-problems" role="status">
      {failure && (
        <Problem message={failure} severity="error">
          {report?.details && (
            <details>
              <summary>Where it happened</summary>
              <pre>{report.details}</pre>
            </details>
          )}
        </Problem>
      )}
      {faults.map((fault) => (
        <Problem
          key={fault.pointer + fault.message}
          message={fault.message}
          severity={fault.severity}
        >
          <SettingFix entry={entry} fault={fault} path={path} />
        </Problem>
      ))}
      {warnings.map((message) => (
        <Problem key={message} message={message} severity="warning">
          {report?.state === 'stopped' && !running && (
            <button className="fe-set-repair" onClick={() => void run([path])} type="button">
              Resume
            </button>
          )}
        </Problem>
      ))}
    </div>
  );
}

interface ProblemProps {
  message: string;
  severity: 'error' | 'warning';
  children?: React.ReactNode;
}

function Problem({ message, severity, children }: ProblemProps) {
  return (
    <div className="fe-set-problem" data-severity={severity}>
      <Icon name={severity} size={15} />
      <div>
        <p>
          <Words text={sentence(message)} />
        </p>
        {children}
      </div>
    </div>
  );
}

/** A setting that the node does not know can be renamed to one it does, or taken away. */
function SettingFix({ path, entry, fault }: { path: string; entry: NodeEntry; fault: Fault }) {
  const settings = settingsOf(entry);
  const name = fault.setting;
  if (!name || !(name in settings)) return null;
  const meant = proposal(fault.message);
  const apply = (values: Record<string, unknown>) =>
    useDocument.getState().apply(setSettings(path, values));
  return (
    <>
      {meant && !(meant in settings) && (
        <button
          className="fe-set-repair"
          onClick={() => apply({ [name]: undefined, [meant]: settings[name] })}
          type="button"
        >
          Rename to “{meant}”
        </button>
      )}
      <button className="fe-set-repair" onClick={() => apply({ [name]: undefined })} type="button">
        Remove “{name}”
      </button>
    </>
  );
}
