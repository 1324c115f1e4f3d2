import { checkField } from '../../model/form/check';
import { own, type PlacedFault } from '../../model/form/faults';
import { isFallback } from '../../model/form/form';
import { hasParts, isInline, partsOf } from '../../model/form/rows';
import type { Field } from '../../model/form/shape';
import { variableOf } from '../../model/form/value';
import { emptyWord } from '../../model/form/words';
import { FieldFault } from './FieldFault';
import { FieldTools } from './FieldTools';
import { Words } from './Prose';
import { VariableInput } from './widgets/VariableInput';
import { Widget } from './widgets/Widget';
import './Form.css';

interface FieldRowProps {
  field: Field;
  id: string;
  value: unknown;
  faults: PlacedFault[];
  isNested?: boolean;
  /** Told instead of the control: the value comes over a connection, say. */
  instead?: React.ReactNode;
  /** Whether it takes its value here alone: no variable can give it. */
  isPlain?: boolean;
  /** The setting a wire is put into that is dropped here, and whether that fits now. */
  drop?: { node: string; setting: string; look: '' | 'fits' | 'no' };
  onChange: (value: unknown) => void;
}

/** A setting: its name, its control, what it means and what is wrong with it. */
export function FieldRow(props: FieldRowProps) {
  const { field, id, value, faults, isNested, instead, isPlain, drop, onChange } = props;
  const variable = variableOf(value);
  const isChanged = value !== undefined && !isFallback(field, value);
  const local = instead ? '' : checkField(field, value);
  const mine = instead ? [] : own(faults, partsOf(field.shape, value ?? field.fallback));
  const isWrong = local !== '' || mine.some((fault) => fault.severity === 'error');
  const isMissing = field.required && value === undefined;
  const change = (next: unknown) => onChange(isFallback(field, next) ? undefined : next);
  const control = {
    id,
    label: field.label,
    describedBy: local || mine.length ? `${id}-fault` : undefined,
    invalid: isWrong && !isMissing,
    onChange: change,
  };
  // what is chosen is explained below it; to explain the choice too would be twice
  const isTold = field.shape.kind === 'family' && isChosen(value ?? field.fallback);
  const help = field.help && !isNested && !isTold && (
    <p className="fe-set-help">
      <Words text={field.help} />
    </p>
  );
  return (
    <div
      className={isInline(field) ? 'fe-set-row fe-set-row-inline' : 'fe-set-row'}
      data-changed={isChanged && !field.required}
      data-field={id}
      data-node={drop?.node}
      data-setting={drop?.setting}
      data-wire={drop?.look || undefined}
    >
      <div className="fe-set-row-head">
        <label
          className="fe-set-row-label"
          htmlFor={id}
          title={isTold || isNested ? field.help : undefined}
        >
          {field.label}
          {field.required && <span className="fe-set-row-required">required</span>}
        </label>
        {!instead && (
          <FieldTools
            canReset={isChanged && !field.required}
            field={field}
            isPlain={isPlain}
            onChange={change}
            value={value}
            variable={variable}
          />
        )}
      </div>
      {hasParts(field) && help}
      <div className="fe-set-row-control">
        {instead ??
          (variable === undefined ? (
            <Widget
              {...control}
              fallback={field.required ? undefined : field.fallback}
              empty={emptyWord(field.help)}
              faults={faults}
              nullable={field.nullable}
              shape={field.shape}
              value={value}
            />
          ) : (
            <VariableInput {...control} name={field.name} variable={variable} />
          ))}
      </div>
      <FieldFault
        faults={mine}
        id={`${id}-fault`}
        isQuiet={isMissing}
        local={local}
        onChange={change}
        value={value}
      />
      {!hasParts(field) && help}
    </div>
  );
}

/** Return whether a value of a choice with settings is one of its choices. */
function isChosen(value: unknown): boolean {
  return variableOf(value) === undefined && value !== null && value !== undefined;
}
