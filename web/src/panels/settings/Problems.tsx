import { run } from '../../actions/run';
import { setSettings } from '../../model/commands';
import { type NodeEntry, settingsOf } from '../../model/document';
import { type Fix, fixesOfFailure, fixesOfUnknown } from '../../model/form/fixes';
import { ownLine } from '../../model/form/trace';
import { sentence } from '../../model/form/words';
import type { Fault, NodeReport } from '../../model/wire';
import { Icon } from '../../parts/Icon';
import { useDocument } from '../../store/document';
import { isRunning, useFailure, useRun } from '../../store/run';
import { Words } from './Prose';
import './Problems.css';

interface ProblemsProps {
  path: string;
  entry: NodeEntry;
  report: NodeReport | undefined;
  /** What no field shows itself. */
  faults: Fault[];
}

/** Why a node does not run, apart from what its fields show. */
export function Errors({ path, entry, report, faults }: ProblemsProps) {
  const failure = useFailure(path);
  const errors = faults.filter((fault) => fault.severity === 'error');
  const settings = settingsOf(entry);
  const code = ownLine(failure, report?.details ?? '');
  if (!failure && !errors.length) return null;
  return (
    <div className="fe-set-problems fe-set-errors" role="status">
      {failure && (
        <Problem message={failure} severity="error">
          {code && <code className="fe-set-own-line">{code}</code>}
          <Fixes fixes={fixesOfFailure(failure, settings)} path={path} />
          {report?.details && (
            <details>
              <summary>Where it happened</summary>
              <pre>{report.details}</pre>
            </details>
          )}
        </Problem>
      )}
      <Faults entry={entry} faults={errors} path={path} />
    </div>
  );
}

/** What is doubtful about a node, apart from what its fields show. */
export function Warnings({ path, entry, report, faults }: ProblemsProps) {
  const running = useRun(isRunning);
  const sentences = new Set(faults.map((fault) => fault.message));
  const warnings = (report?.warnings ?? []).filter((message) => !sentences.has(message));
  const doubts = faults.filter((fault) => fault.severity !== 'error');
  if (!doubts.length && !warnings.length) return null;
  return (
    <div className="fe-set-problems" role="status">
      <Faults entry={entry} faults={doubts} path={path} />
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

function Faults({ path, entry, faults }: Omit<ProblemsProps, 'report'>) {
  const settings = settingsOf(entry);
  return faults.map(({ pointer, setting, message, severity }) => (
    <Problem key={pointer + message} message={message} severity={severity}>
      <Fixes fixes={fixesOfUnknown(setting, message, settings)} path={path} />
    </Problem>
  ));
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

/** The buttons that do what a sentence proposes. */
function Fixes({ path, fixes }: { path: string; fixes: Fix[] }) {
  return fixes.map(({ label, settings }) => (
    <button
      className="fe-set-repair"
      key={label}
      onClick={() => useDocument.getState().apply(setSettings(path, settings))}
      type="button"
    >
      {label}
    </button>
  ));
}
