import { aria, type WidgetProps } from './props';

/** Yes or no, as a switch. */
export function BooleanInput(props: WidgetProps) {
  const { value, fallback, onChange } = props;
  const isOn = (value === undefined ? fallback : value) === true;
  return (
    <button
      {...aria(props)}
      aria-checked={isOn}
      aria-label={props.label}
      className="fe-set-switch"
      onClick={() => onChange(!isOn)}
      role="switch"
      type="button"
    >
      <span className="fe-set-switch-knob" />
    </button>
  );
}
