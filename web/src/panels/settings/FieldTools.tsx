import type { Field } from '../../model/form/shape';
import { variableReference } from '../../model/form/value';
import { variableFor } from '../../model/form/variables';
import { told } from '../../model/form/words';
import { IconButton } from '../../parts/Button';
import { useForm } from './widgets/props';

interface FieldToolsProps {
  field: Field;
  value: unknown;
  variable: string | undefined;
  canReset: boolean;
  isPlain?: boolean;
  onChange: (value: unknown) => void;
}

/** Beside a setting's name: to take a variable for it, to have nothing, to go back. */
export function FieldTools({
  field,
  value,
  variable,
  canReset,
  isPlain,
  onChange,
}: FieldToolsProps) {
  const { variables, addVariable } = useForm();
  const isVariable = variable !== undefined;

  function toggle(): void {
    if (isVariable) {
      onChange(variables[variable]);
      return;
    }
    const held = value ?? field.fallback;
    const known = variableFor(field.name, held, variables);
    if (known === undefined) addVariable(field.name, held);
    onChange(variableReference(known ?? field.name));
  }

  return (
    <span className="fe-set-row-tools">
      {field.nullable && field.fallback !== null && !field.required && (
        <button
          aria-pressed={value === null}
          className="fe-set-none"
          onClick={() => onChange(value === null ? undefined : null)}
          type="button"
        >
          none
        </button>
      )}
      {canReset && (
        <IconButton
          className="fe-set-tool"
          icon="reset"
          label={`Back to the default: ${told(field.fallback)}`}
          onClick={() => onChange(undefined)}
          size={14}
        />
      )}
      {!isPlain && (
        <IconButton
          aria-pressed={isVariable}
          className="fe-set-tool fe-set-tool-variable"
          icon="variable"
          label={isVariable ? 'Type the value here' : 'Take the value of a variable'}
          onClick={toggle}
          size={14}
        />
      )}
    </span>
  );
}
