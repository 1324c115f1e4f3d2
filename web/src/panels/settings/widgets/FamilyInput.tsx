import { below } from '../../../model/form/faults';
import type { FamilyShape } from '../../../model/form/shape';
import { asMember, memberOf, withPart } from '../../../model/form/value';
import { Fields } from '../Fields';
import { Words } from '../Prose';
import { aria, type WidgetProps } from './props';

const NONE = '';

/** A named choice with settings of its own, such as an optimizer. */
export function FamilyInput(props: WidgetProps<FamilyShape>) {
  const { shape, value, fallback, nullable, faults, onChange } = props;
  const { name, settings } = memberOf(value === undefined ? fallback : value);
  const member = shape.members.find((one) => one.name === name);
  const isKnown = member !== undefined || (name === NONE && nullable);

  function choose(next: string): void {
    // what both have keeps its value: the learning rate, from one optimizer to the next
    const names = new Set(
      shape.members.find((one) => one.name === next)?.fields.map((field) => field.name),
    );
    const kept = Object.entries(settings).filter(([key]) => names.has(key));
    onChange(next === NONE ? null : asMember(next, Object.fromEntries(kept)));
  }

  return (
    <div className="fe-set-family">
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
      {member?.help && (
        <p className="fe-set-help">
          <Words text={member.help.split('\n\n')[0] ?? ''} />
        </p>
      )}
      {member && member.fields.length > 0 && (
        <Fields
          faults={(part) => below(faults, part)}
          fields={member.fields}
          fold={member.fields.length > 3 ? 1 : undefined}
          idPrefix={props.id}
          onChange={(part, item) => onChange(asMember(name, withPart(settings, part, item)))}
          title={name}
          values={settings}
        />
      )}
    </div>
  );
}
