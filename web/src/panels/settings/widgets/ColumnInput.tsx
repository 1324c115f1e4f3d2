import { fits } from '../../../model/form/columns';
import type { ColumnShape } from '../../../model/form/shape';
import { fromText, toText } from '../../../model/form/typed';
import { aria, useForm, type WidgetProps } from './props';
import { useDraft } from './useDraft';

/** A column of the table at an input; typed where the columns are not known yet. */
export function ColumnInput(props: WidgetProps<ColumnShape>) {
  const { shape, value, fallback, nullable, onChange } = props;
  const columns = useForm().columnsOf(shape.port);
  if (!columns) return <NameInput {...props} />;
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

function NameInput(props: WidgetProps<ColumnShape>) {
  const { value, onChange } = props;
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
      spellCheck={false}
      value={draft.text}
    />
  );
}
