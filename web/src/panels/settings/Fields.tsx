import { useState } from 'react';
import type { PlacedFault } from '../../model/form/faults';
import { isFixed } from '../../model/form/form';
import type { Field } from '../../model/form/shape';
import { Icon } from '../../parts/Icon';
import { FieldRow } from './FieldRow';

interface FieldsProps {
  title: string;
  fields: Field[];
  values: Record<string, unknown>;
  idPrefix: string;
  /** Fold what is as it is by default, but for so many at the front. */
  fold?: number;
  faults: (name: string) => PlacedFault[];
  onChange: (name: string, value: unknown) => void;
}

/** The settings of a choice or group, set in under it. */
export function Fields({ title, fields, values, idPrefix, fold, faults, onChange }: FieldsProps) {
  const [isOpen, setOpen] = useState(fold === undefined);
  const inView = fields.filter(
    (field, index) =>
      isOpen ||
      index < (fold ?? 0) ||
      field.required ||
      field.name in values ||
      faults(field.name).length > 0,
  );
  const hidden = fields.length - inView.length;
  return (
    <fieldset aria-label={`Settings of ${title}`} className="fe-set-nested">
      {inView.map((field) => (
        <FieldRow
          faults={faults(field.name)}
          field={field}
          id={`${idPrefix}.${field.name}`}
          isNested
          key={field.name}
          onChange={(value) => onChange(field.name, value)}
          value={isFixed(field) ? undefined : values[field.name]}
        />
      ))}
      {fold !== undefined && (isOpen || hidden > 0) && (
        <button
          aria-expanded={isOpen}
          className="fe-set-more"
          onClick={() => setOpen(!isOpen)}
          type="button"
        >
          <Icon name={isOpen ? 'chevronUp' : 'chevronDown'} size={14} />
          {isOpen ? 'Fewer settings' : `${hidden} more ${hidden === 1 ? 'setting' : 'settings'}`}
        </button>
      )}
    </fieldset>
  );
}
