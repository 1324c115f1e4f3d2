import { run } from '../actions/run';
import { setSettings } from '../model/commands';
import { type NodeEntry, settingsOf } from '../model/document';
import { type Fix, fixesOf, fixesOfFailure } from '../model/form/fixes';
import { ownLine } from '../model/form/trace';
import { sentence } from '../model/form/words';
import type { Fault, NodeReport } from '../model/wire';
import { Icon } from '../parts/Icon';
import { Tooltip } from '../parts/Tooltip';
import { useDocument } from '../store/document';
import './Badge.css';

interface BadgeProps {
  path: string;
  entry: NodeEntry;
  faults: readonly Fault[];
  error: string;
  report: NodeReport | undefined;
}

interface Deed {
  label: string;
  perform: () => void;
}

/** A mark where something is wrong; the sentences are in its tooltip, with what mends it. */
export function Badge({ path, entry, faults, error, report }: BadgeProps) {
  const isError = faults.some(({ severity }) => severity === 'error');
  const told = [
    error,
    ...faults.filter(({ severity }) => severity === 'error').map(({ message }) => message),
    ...faults.filter(({ severity }) => severity !== 'error').map(({ message }) => message),
    ...(report?.warnings ?? []),
  ];
  const sentences = [...new Set(told.filter(Boolean).map(sentence))];
  if (!sentences.length) return null;
  const look = error || isError ? 'error' : 'warning';
  const code = ownLine(error, report?.details ?? '');
  const deeds = deedsOf(path, entry, faults, error, report);
  return (
    <Tooltip
      text={sentences.join('\n')}
      more={
        (code || deeds.length > 0) && (
          <>
            {code && <code className="fe-badge-code">{code}</code>}
            {deeds.map(({ label, perform }) => (
              <button
                className="fe-badge-fix"
                key={label}
                onClick={perform}
                tabIndex={-1}
                type="button"
              >
                {label}
              </button>
            ))}
          </>
        )
      }
    >
      <span
        className={`fe-node-badge fe-node-badge-${look}`}
        role="img"
        aria-label={`${look}: ${sentences.join(' ')}`}
      >
        <Icon name={look} size={14} />
      </span>
    </Tooltip>
  );
}

/** What can be done about it at once; a component's faults are mended inside it. */
function deedsOf(
  path: string,
  entry: NodeEntry,
  faults: readonly Fault[],
  error: string,
  report: NodeReport | undefined,
): Deed[] {
  if (!report) return [];
  const settings = settingsOf(entry);
  const fixes = [
    ...faults.flatMap((fault) => fixesOf(fault, settings, report.pointer)),
    ...fixesOfFailure(error, settings),
  ];
  const apply = (fix: Fix) => () =>
    void useDocument.getState().apply(setSettings(path, fix.settings));
  const deeds = fixes.map((fix) => ({ label: fix.label, perform: apply(fix) }));
  if (report.state === 'stopped') deeds.push({ label: 'Resume', perform: () => void run([path]) });
  return [...new Map(deeds.map((deed) => [deed.label, deed])).values()];
}
