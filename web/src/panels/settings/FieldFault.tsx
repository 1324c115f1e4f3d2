import { isGap, type PlacedFault } from '../../model/form/faults';
import { repairs } from '../../model/form/repair';
import { sentence } from '../../model/form/words';
import { Words } from './Prose';
import './Problems.css';

interface FieldFaultProps {
  id: string;
  /** What the editor itself sees at once. */
  local: string;
  /** What the server says; where both speak, it knows more, but of what is left empty. */
  faults: PlacedFault[];
  value: unknown;
  /** The value is only missing: nobody did anything wrong. */
  isQuiet: boolean;
  onChange: (value: unknown) => void;
}

/** What is wrong with a setting, with a button for what was perhaps meant. */
export function FieldFault({ id, local, faults, value, isQuiet, onChange }: FieldFaultProps) {
  const known = local ? faults.filter(({ place }) => !isGap(value, place)) : faults;
  const sentences = known.length && !isQuiet ? known : local ? [localFault(local)] : [];
  if (!sentences.length) return null;
  return (
    <div aria-live="polite" className="fe-set-faults" id={id}>
      {sentences.map(({ message, severity, place }) => {
        const repair = repairs(value, place, message);
        return (
          <p
            className={
              isQuiet ? 'fe-set-missing' : severity === 'error' ? 'fe-set-fault' : 'fe-set-warning'
            }
            key={message}
          >
            <Words text={sentence(message)} />
            {repair && (
              <button
                className="fe-set-repair"
                onClick={() => onChange(repair.value)}
                type="button"
              >
                Use “{repair.proposal}”
              </button>
            )}
          </p>
        );
      })}
    </div>
  );
}

const localFault = (message: string): PlacedFault => ({ place: [], message, severity: 'error' });
