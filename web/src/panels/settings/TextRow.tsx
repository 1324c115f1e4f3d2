import { useState } from 'react';

interface TextRowProps {
  id: string;
  label: string;
  value: string;
  help?: string;
  isLong?: boolean;
  onChange: (text: string) => void;
}

/** A plain text with its label. */
export function TextRow({ id, label, value, help, isLong, onChange }: TextRowProps) {
  const [draft, setDraft] = useState<string | null>(null);
  const field = {
    id,
    className: 'fe-set-field',
    value: draft ?? value,
    spellCheck: isLong ?? false,
    onBlur: () => setDraft(null),
    onChange: (event: { target: { value: string } }) => {
      setDraft(event.target.value);
      onChange(event.target.value);
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
      {help && <p className="fe-set-help">{help}</p>}
    </div>
  );
}
