import type { ChoiceShape, Scalar } from '../../../model/form/shape';
import { told } from '../../../model/form/words';
import { aria, type WidgetProps } from './props';

/** Options stand side by side where they need no more than so many pixels, by a guess. */
const WIDTH = 134;
const LETTER = 6.4;
const EDGES = 18;

/** One of several values: side by side where they are few, else as a list. */
export function ChoiceInput(props: WidgetProps<ChoiceShape>) {
  const { shape, value, fallback, nullable, onChange } = props;
  const options: Scalar[] =
    nullable && !shape.options.includes(null) ? [null, ...shape.options] : shape.options;
  const current = value === undefined ? fallback : value;
  const isKnown = options.includes(current as Scalar);
  const width = options.map(told).join('').length * LETTER + options.length * EDGES;
  if (options.length === 1 && isKnown)
    return <output className="fe-set-fixed">{told(options[0])}</output>;
  if (width <= WIDTH && isKnown) return <Segments {...props} current={current} options={options} />;
  return (
    <select
      {...aria(props)}
      aria-label={props.label}
      className={value === undefined ? 'fe-set-field fe-set-field-pale' : 'fe-set-field'}
      onChange={(event) => {
        const option = options[Number(event.target.value)];
        if (option !== undefined) onChange(option);
      }}
      value={isKnown ? options.indexOf(current as Scalar) : -1}
    >
      {!isKnown && (
        <option disabled value={-1}>
          {current === null || current === undefined ? 'choose…' : told(current)}
        </option>
      )}
      {options.map((option, index) => (
        <option key={String(option)} value={index}>
          {told(option)}
        </option>
      ))}
    </select>
  );
}

interface SegmentsProps extends WidgetProps<ChoiceShape> {
  options: Scalar[];
  current: unknown;
}

function Segments({ id, label, options, current, value, describedBy, onChange }: SegmentsProps) {
  return (
    <fieldset aria-describedby={describedBy} aria-label={label} className="fe-set-segments">
      {options.map((option, index) => (
        <label key={String(option)}>
          <input
            checked={option === current}
            className="fe-set-hidden-input"
            id={index === 0 ? id : undefined}
            name={id}
            onChange={() => onChange(option)}
            type="radio"
          />
          <span
            className={
              value === undefined ? 'fe-set-segment fe-set-segment-pale' : 'fe-set-segment'
            }
          >
            {told(option)}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
