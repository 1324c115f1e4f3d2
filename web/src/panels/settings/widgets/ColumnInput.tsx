import { fits } from '../../../model/form/columns';
import type { ColumnShape } from '../../../model/form/shape';
import { fromText, toText } from '../../../model/form/typed';
import { aria, useForm, type WidgetProps } from './props';
import { useDraft } from './useDraft';
import { useKeptFocus } from './useKeptFocus';

/** A column of the table at an input; typed where the columns are not known yet. */
export function ColumnInput(props: WidgetProps<ColumnShape>) {
  const { shape, value, fallback, nullable, onChange } = props;
  const columns = useForm().columnsOf(shape.port);
  const field = useKeptFocus();
  if (!columns) return <NameInput {...props} field={field} />;
  const current = value === undefined ? fallback : value;
  const fitting = columns.filter((column) => fits(column, shape.holds));
  const others = columns.filter((column) => !fits(column, shape.holds));
  const isKnown = columns.some((column) => column.name === current);
  const text = typeof current === 'string' ? current : '';
  return (
    <select
      {...aria(props)}
      aria-label={props.label}
      className={text ? 'fe-set-field' : 'fe-set-field fe-set-field-pale'}
      onChange={(event) => onChange(event.target.value || undefined)}
      ref={field}
      value={text}
    >
      {(nullable || !text) && (
        <option disabled={!nullable} value="">
          {nullable ? props.empty : 'choose a column…'}
        </option>
      )}
      {text && !isKnown && <option value={text}>{text} — not in the table</option>}
      {fitting.map((column) => (
        <option key={column.name} value={column.name}>
          {column.name} · {column.type}
        </option>
      ))}
      {others.length > 0 && (
        <optgroup label={`Not ${shape.holds}`}>
          {others.map((column) => (
            <option disabled={column.name !== text} key={column.name} value={column.name}>
              {column.name} · {column.type}
            </option>
          ))}
        </optgroup>
      )}
    </select>
  );
}

interface NameProps extends WidgetProps<ColumnShape> {
  field: (field: HTMLElement | null) => void;
}

function NameInput(props: NameProps) {
  const { value, field, onChange } = props;
  const text = { kind: 'text' } as const;
  const draft = useDraft(
    value,
    (known) => toText(text, known),
    (typed) => (typed === '' ? undefined : fromText(text, typed)),
    onChange,
  );
  return (
    <input
      {...aria(props)}
      aria-label={props.label}
      className="fe-set-field"
      onBlur={draft.leave}
      onChange={(event) => draft.type(event.target.value)}
      placeholder="columns are not known yet"
      ref={field}
      spellCheck={false}
      value={draft.text}
    />
  );
}
