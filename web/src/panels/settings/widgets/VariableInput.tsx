import { variableReference } from '../../../model/form/value';
import { told } from '../../../model/form/words';
import { useForm } from './props';

interface VariableInputProps {
  id: string;
  label: string;
  /** Name of the setting, which a new variable takes. */
  name: string;
  variable: string;
  invalid: boolean;
  describedBy: string | undefined;
  onChange: (value: unknown) => void;
}

const NEW = '\n';

/** The variable whose value a setting takes. */
export function VariableInput(props: VariableInputProps) {
  const { id, label, name, variable, onChange } = props;
  const { variables, addVariable } = useForm();
  const names = Object.keys(variables);

  function choose(next: string): void {
    const chosen = next === NEW ? name : next;
    if (next === NEW) addVariable(name, variables[variable] ?? null);
    onChange(variableReference(chosen));
  }

  return (
    <span className="fe-set-variable">
      <select
        aria-describedby={props.describedBy}
        aria-invalid={props.invalid || undefined}
        aria-label={`Variable for ${label}`}
        className="fe-set-field fe-set-field-variable"
        id={id}
        onChange={(event) => choose(event.target.value)}
        value={variable}
      >
        {!names.includes(variable) && (
          <option value={variable}>{variable} — no such variable</option>
        )}
        {names.map((one) => (
          <option key={one} value={one}>
            {one} = {told(variables[one])}
          </option>
        ))}
        {!names.includes(name) && <option value={NEW}>new variable “{name}”</option>}
      </select>
    </span>
  );
}
