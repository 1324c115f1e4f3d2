import { below } from '../../../model/form/faults';
import type { TupleShape } from '../../../model/form/shape';
import { same } from '../../../model/form/value';
import type { WidgetProps } from './props';
import { Widget } from './Widget';

/** So many values side by side, such as height and width. */
export function TupleInput(props: WidgetProps<TupleShape>) {
  const { shape, value, fallback, onChange } = props;
  const defaults = Array.isArray(fallback) ? (fallback as unknown[]) : [];
  const values = Array.isArray(value) ? (value as unknown[]) : [];
  const isNested = shape.items.some((item) => item.kind === 'union');

  function change(index: number, part: unknown): void {
    const parts = shape.items.map((_, at) => (at === index ? part : values[at]) ?? defaults[at]);
    onChange(
      parts.every((item) => item === undefined) ? undefined : parts.map((item) => item ?? null),
    );
  }

  return (
    <fieldset
      aria-label={props.label}
      className={isNested ? 'fe-set-tuple fe-set-tuple-tall' : 'fe-set-tuple'}
    >
      {shape.items.map((item, index) => (
        <Widget
          describedBy={props.describedBy}
          empty={props.empty}
          fallback={defaults[index]}
          faults={below(props.faults, String(index))}
          id={index === 0 ? props.id : `${props.id}-${index}`}
          invalid={props.invalid}
          key={index}
          label={`${props.label} ${index + 1}`}
          nullable={props.nullable && value === undefined}
          onChange={(part) => change(index, part)}
          shape={item}
          value={same(values[index], defaults[index]) ? undefined : (values[index] ?? undefined)}
        />
      ))}
    </fieldset>
  );
}
