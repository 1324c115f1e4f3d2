import { useState } from 'react';

interface TextRowProps {
  id: string;
  label: string;
  value: string;
  help?: string;
  isLong?: boolean;
  /** What is wrong with a text, which is not taken over then but stays as it was typed. */
  check?: (text: string) => string;
  onChange: (text: string) => void;
}

/** A plain text with its label. */
export function TextRow({ id, label, value, help, isLong, check, onChange }: TextRowProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const fault = (draft !== null && check?.(draft)) || '';
  const field = {
    id,
    className: 'fe-set-field',
    value: draft ?? value,
    spellCheck: isLong ?? false,
    'aria-invalid': fault !== '' || undefined,
    'aria-describedby': fault ? `${id}-fault` : undefined,
    onBlur: () => {
      if (!fault) setDraft(null);
    },
    onChange: (event: { target: { value: string } }) => {
      setDraft(event.target.value);
      if (!check?.(event.target.value)) onChange(event.target.value);
    },
  };
  return (
    <div className="fe-set-row">
      <div className="fe-set-row-head">
        <label className="fe-set-row-label" htmlFor={id}>
          {label}
        </label>
      </div>
      <div className="fe-set-row-control">
        {isLong ? <textarea {...field} rows={2} /> : <input {...field} autoComplete="off" />}
      </div>
      {fault && (
        <p className="fe-set-fault" id={`${id}-fault`}>
          {fault}
        </p>
      )}
      {help && <p className="fe-set-help">{help}</p>}
    </div>
  );
}
