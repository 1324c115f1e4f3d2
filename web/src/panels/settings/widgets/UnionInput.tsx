import { check, nearest } from '../../../model/form/check';
import type { Shape, UnionShape } from '../../../model/form/shape';
import type { WidgetProps } from './props';
import { Widget } from './Widget';

/** A value of one of several kinds: which kind it is can be changed, and what is meant is kept. */
export function UnionInput(props: WidgetProps<UnionShape>) {
  const { shape, value, fallback, id, label, onChange } = props;
  const effective = value === undefined ? fallback : value;
  const options: Shape[] = shape.options.filter((option) => option.kind !== 'nothing');
  const current: Shape = nearest(options, effective);
  const fitting = value === undefined && check(current, fallback) !== '' ? null : fallback;
  return (
    <div className="fe-set-union">
      <Widget {...props} fallback={fitting} shape={current} />
      {options.length > 1 && (
        <select
          aria-label={`Kind of ${label}`}
          className="fe-set-field fe-set-union-kind"
          id={`${id}-kind`}
          onChange={(event) => {
            const next = options[Number(event.target.value)];
            if (next) onChange(converted(effective, next));
          }}
          value={options.indexOf(current)}
        >
          {options.map((option, index) => (
            <option key={index} value={index}>
              {kindOf(option)}
            </option>
          ))}
        </select>
      )}
    </div>
  );
}

/** Return a value as the nearest one of another shape: 3 ↔ [3, 3]. */
export function converted(value: unknown, shape: Shape): unknown {
  const one = Array.isArray(value) ? firstOf(value) : typeof value === 'object' ? null : value;
  switch (shape.kind) {
    case 'tuple':
      return shape.items.map((item) =>
        Array.isArray(value) && item.kind === 'number'
          ? one
          : converted(value, item.kind === 'union' ? (item.options[0] as Shape) : item),
      );
    case 'list':
      return Array.isArray(value) ? value : one === null ? [] : [converted(one, shape.item)];
    case 'column':
      return shape.many ? listOf(value) : one;
    case 'map':
      return Array.isArray(value) && value.length ? { name: value } : {};
    default:
      return one ?? (shape.kind === 'number' ? (shape.minimum ?? 0) : one);
  }
}

function listOf(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  const [first] = Object.values((value as Record<string, unknown> | null) ?? {});
  return Array.isArray(first) ? first : [];
}

function firstOf(value: unknown[]): unknown {
  const [first] = value;
  return Array.isArray(first) ? firstOf(first) : (first ?? null);
}

/** Return in a word what a shape is, beside its fellows in a union. */
function kindOf(shape: Shape): string {
  switch (shape.kind) {
    case 'tuple':
      return shape.items.some((item) => item.kind === 'union')
        ? 'per side'
        : shape.items.length === 1
          ? 'list'
          : 'each';
    case 'list':
      return shape.item.kind === 'list' ? 'table' : 'list';
    case 'map':
      return 'by name';
    case 'column':
      return 'columns';
    case 'number':
      return 'one';
    default:
      return shape.kind;
  }
}
