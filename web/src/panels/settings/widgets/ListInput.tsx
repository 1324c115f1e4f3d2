import { blankOf, emptied } from '../../../model/form/blank';
import { below } from '../../../model/form/faults';
import type { ListShape } from '../../../model/form/shape';
import { Button, IconButton } from '../../../parts/Button';
import { goToNew, keepPlace } from './keep_focus';
import type { WidgetProps } from './props';
import { Widget } from './Widget';

/** Values one below the other, to be added, removed and put in order. */
export function ListInput(props: WidgetProps<ListShape>) {
  const { shape, value, fallback, label, id, onChange } = props;
  const effective = value === undefined ? fallback : value;
  const items = Array.isArray(effective) ? (effective as unknown[]) : [];

  function swap(index: number, other: number): void {
    const next = [...items];
    [next[index], next[other]] = [next[other], next[index]];
    onChange(next);
  }

  return (
    <fieldset aria-label={label} className="fe-set-list">
      {items.map((item, index) => (
        <div className="fe-set-list-item" key={index}>
          <Widget
            describedBy={props.describedBy}
            empty={props.empty}
            fallback={undefined}
            faults={below(props.faults, String(index))}
            id={`${id}-${index}`}
            invalid={props.invalid && below(props.faults, String(index)).length > 0}
            label={`${label} ${index + 1}`}
            nullable={false}
            onChange={(next) => onChange(items.with(index, next ?? emptied(shape.item)))}
            shape={shape.item}
            value={item}
          />
          {index > 0 && (
            <IconButton
              icon="chevronUp"
              label={`Move ${label} ${index + 1} up`}
              onClick={() => swap(index, index - 1)}
              size={14}
            />
          )}
          <IconButton
            icon="close"
            label={`Remove ${label} ${index + 1}`}
            onClick={(event) => {
              keepPlace(event.currentTarget);
              onChange(items.filter((_, at) => at !== index));
            }}
            size={14}
          />
        </div>
      ))}
      <Button
        aria-label={`Add to ${label}`}
        icon="add"
        id={id}
        look="quiet"
        onClick={(event) => {
          onChange([...items, blankOf(shape.item)]);
          goToNew(event.currentTarget);
        }}
      >
        Add
      </Button>
    </fieldset>
  );
}
