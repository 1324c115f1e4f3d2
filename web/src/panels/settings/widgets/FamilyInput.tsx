import { useState } from 'react';
import { below } from '../../../model/form/faults';
import type { FamilyShape } from '../../../model/form/shape';
import { differing, withDefaults } from '../../../model/form/usual';
import { asMember, memberOf, withPart } from '../../../model/form/value';
import { IconButton } from '../../../parts/Button';
import { Fields } from '../Fields';
import { Words } from '../Prose';
import { aria, type WidgetProps } from './props';

const NONE = '';

/** A named choice with settings of its own, such as an optimizer. */
export function FamilyInput(props: WidgetProps<FamilyShape>) {
  const { shape, value, fallback, nullable, faults, onChange } = props;
  const { name, settings } = memberOf(value === undefined ? fallback : value);
  const usual = memberOf(fallback);
  const own = shape.members.find((one) => one.name === name);
  const defaults = name === usual.name ? usual.settings : {};
  const member = own && withDefaults(own, defaults);
  const values = own ? differing(own, settings, defaults) : settings;
  const [isOpen, setOpen] = useState(false);
  const hasFields = member !== undefined && member.fields.length > 0;
  // settings that are usually left empty, such as a seed, come when they are asked for
  const isQuiet =
    value === undefined &&
    member?.fields.every((field) => field.nullable && field.fallback === null) === true;
  const isShown = hasFields && (isOpen || !isQuiet);
  const isKnown = member !== undefined || (name === NONE && nullable);

  function choose(next: string): void {
    // what was set keeps its value where both have it: the learning rate, from one optimizer to
    // the next; what was not is as the next one's default
    const names = new Set(
      shape.members.find((one) => one.name === next)?.fields.map((field) => field.name),
    );
    const kept = Object.entries(memberOf(value).settings).filter(([key]) => names.has(key));
    const first = next === usual.name ? usual.settings : {};
    onChange(next === NONE ? null : asMember(next, { ...first, ...Object.fromEntries(kept) }));
  }

  return (
    <div className="fe-set-family">
      <span className="fe-set-family-line">
        <select
          {...aria(props)}
          aria-label={props.label}
          className={value === undefined ? 'fe-set-field fe-set-field-pale' : 'fe-set-field'}
          onChange={(event) => choose(event.target.value)}
          value={isKnown ? name : '?'}
        >
          {!isKnown && (
            <option disabled value="?">
              {name || 'choose…'}
            </option>
          )}
          {nullable && <option value={NONE}>{props.empty}</option>}
          {shape.members.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
        {hasFields && isQuiet && (
          <IconButton
            aria-expanded={isOpen}
            className="fe-set-tool"
            icon="settings"
            label={`Settings of ${name}`}
            onClick={() => setOpen(!isOpen)}
            size={14}
          />
        )}
      </span>
      {member?.help && (
        <p className="fe-set-help">
          <Words text={member.help.split('\n\n')[0] ?? ''} />
        </p>
      )}
      {isShown && (
        <Fields
          faults={(part) => below(faults, part)}
          fields={member.fields}
          fold={member.fields.length > 2 ? 1 : undefined}
          idPrefix={props.id}
          onChange={(part, item) =>
            onChange(
              asMember(name, withPart(settings, part, item === undefined ? defaults[part] : item)),
            )
          }
          title={name}
          values={values}
        />
      )}
    </div>
  );
}
