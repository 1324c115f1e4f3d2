import { below } from '../../../model/form/faults';
import type { GroupShape } from '../../../model/form/shape';
import { isObject, withPart } from '../../../model/form/value';
import { Fields } from '../Fields';
import { Words } from '../Prose';
import type { WidgetProps } from './props';

/** Settings that belong together; where they may be absent, a switch says whether they are there. */
export function GroupInput(props: WidgetProps<GroupShape>) {
  const { shape, value, fallback, nullable, onChange } = props;
  const effective = value === undefined ? fallback : value;
  const parts = isObject(effective) ? effective : {};
  const isThere = !nullable || isObject(effective);
  return (
    <div className="fe-set-group">
      {nullable && (
        <button
          aria-checked={isThere}
          aria-label={props.label}
          className="fe-set-switch"
          id={props.id}
          onClick={() => onChange(isThere ? null : {})}
          role="switch"
          type="button"
        >
          <span className="fe-set-switch-knob" />
        </button>
      )}
      {isThere && (
        <>
          {shape.help && (
            <p className="fe-set-help">
              <Words text={shape.help.split('\n\n')[0] ?? ''} />
            </p>
          )}
          <Fields
            faults={(part) => below(props.faults, part)}
            fields={shape.fields}
            idPrefix={props.id}
            onChange={(part, item) => onChange(withPart(parts, part, item))}
            title={props.label}
            values={parts}
          />
        </>
      )}
    </div>
  );
}
