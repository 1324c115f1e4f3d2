import { useId, useState } from 'react';
import { blankOf, emptied } from '../../../model/form/blank';
import { below } from '../../../model/form/faults';
import type { MapShape } from '../../../model/form/shape';
import { isObject, withPart } from '../../../model/form/value';
import { Button, IconButton } from '../../../parts/Button';
import { goToNew, keepPlace } from './keep_focus';
import type { WidgetProps } from './props';
import { Widget } from './Widget';

/** Values by names that people give, such as a loss for each output. */
export function MapInput(props: WidgetProps<MapShape>) {
  const { shape, value, fallback, label, id, onChange } = props;
  const effective = value === undefined ? fallback : value;
  const parts = isObject(effective) ? effective : {};

  function rename(before: string, after: string): void {
    const entries = Object.entries(parts).map(([name, part]) => [
      name === before ? after : name,
      part,
    ]);
    onChange(Object.fromEntries(entries));
  }

  return (
    <fieldset aria-label={label} className="fe-set-list">
      {/* by their places: one that is renamed stays, with whoever is in it */}
      {Object.entries(parts).map(([name, part], index) => (
        <div className="fe-set-map-item" key={index}>
          <NameInput
            label={label}
            name={name}
            onRename={(after) => rename(name, after)}
            taken={parts}
          />
          <Widget
            describedBy={props.describedBy}
            empty={props.empty}
            fallback={undefined}
            faults={below(props.faults, name)}
            id={`${id}-${name}`}
            invalid={below(props.faults, name).length > 0}
            label={`${label} of ${name}`}
            nullable={false}
            onChange={(next) => onChange(withPart(parts, name, next ?? emptied(shape.item)))}
            shape={shape.item}
            value={part}
          />
          <IconButton
            icon="close"
            label={`Remove ${name}`}
            onClick={(event) => {
              keepPlace(event.currentTarget);
              onChange(withPart(parts, name, undefined));
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
          onChange({ ...parts, [freeName(parts)]: blankOf(shape.item) });
          goToNew(event.currentTarget);
        }}
      >
        Add
      </Button>
    </fieldset>
  );
}

interface NameInputProps {
  name: string;
  label: string;
  taken: Record<string, unknown>;
  onRename: (name: string) => void;
}

/** The name of a value; it changes when the field is left, so that no other is overwritten. */
function NameInput({ name, label, taken, onRename }: NameInputProps) {
  const [typed, setTyped] = useState<string | null>(null);
  const draft = typed ?? name;
  const fault = useId();
  const isTaken = draft !== name && draft in taken;
  function leave(): void {
    // a name that another has stays as it was typed, with the reason
    if (isTaken) return;
    if (draft && draft !== name) onRename(draft);
    setTyped(null);
  }
  return (
    <>
      <input
        aria-describedby={isTaken ? fault : undefined}
        aria-invalid={isTaken || undefined}
        aria-label={`Name in ${label}`}
        className="fe-set-field"
        onBlur={leave}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        spellCheck={false}
        value={draft}
      />
      {isTaken && (
        <p className="fe-set-fault fe-set-map-fault" id={fault}>
          There is a “{draft}” already.
        </p>
      )}
    </>
  );
}

function freeName(parts: Record<string, unknown>): string {
  let number = Object.keys(parts).length + 1;
  while (`name_${number}` in parts) number += 1;
  return `name_${number}`;
}
