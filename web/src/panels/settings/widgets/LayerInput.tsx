import { below } from '../../../model/form/faults';
import { allFields, formOf } from '../../../model/form/form';
import { innerLayers } from '../../../model/form/layers';
import { memberOf, withPart } from '../../../model/form/value';
import { useCatalogue } from '../../../store/catalogue';
import { Fields } from '../Fields';
import { Words } from '../Prose';
import { aria, useForm, type WidgetProps } from './props';

/** A layer with its settings, inside another layer's settings. */
export function LayerInput(props: WidgetProps) {
  const { value, fallback, nullable, onChange } = props;
  const { type: wrapper } = useForm();
  const catalogue = useCatalogue((state) => state.catalogue);
  const infos = useCatalogue((state) => state.infos);
  const { name, settings } = memberOf(value === undefined ? fallback : value);
  const layers = innerLayers(catalogue?.nodes ?? [], wrapper);
  const info = infos.get(name);
  const { version, ...parts } = settings;

  function choose(next: string): void {
    const chosen = infos.get(next);
    const names = new Set(chosen?.settings.map((setting) => setting.id));
    const kept = Object.entries(parts).filter(([key]) => names.has(key));
    const marked = chosen && chosen.version > 1 ? { version: chosen.version } : {};
    onChange(chosen ? { type: next, ...marked, ...Object.fromEntries(kept) } : null);
  }

  return (
    <div className="fe-set-family">
      <select
        {...aria(props)}
        aria-label={props.label}
        className="fe-set-field"
        onChange={(event) => choose(event.target.value)}
        value={name}
      >
        <option disabled={!nullable} value="">
          {nullable ? props.empty : 'choose a layer…'}
        </option>
        {name && !layers.some((layer) => layer.type === name) && (
          <option value={name}>{info?.title ?? name}</option>
        )}
        {layers.map((layer) => (
          <option key={layer.type} value={layer.type}>
            {layer.title}
          </option>
        ))}
      </select>
      {info && (
        <>
          <p className="fe-set-help">
            <Words text={info.summary} />
          </p>
          <Fields
            faults={(part) => below(props.faults, part)}
            fields={allFields(formOf(info))}
            fold={1}
            idPrefix={props.id}
            onChange={(part, item) =>
              onChange({
                type: name,
                ...(version === undefined ? {} : { version }),
                ...withPart(parts, part, item),
              })
            }
            title={info.title}
            values={parts}
          />
        </>
      )}
    </div>
  );
}
