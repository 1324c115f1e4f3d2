import type { InputHTMLAttributes } from 'react';
import { Icon } from './Icon';
import './SearchField.css';

type Native = Omit<InputHTMLAttributes<HTMLInputElement>, 'onChange' | 'type' | 'value'>;

interface SearchFieldProps extends Native {
  label: string;
  value: string;
  onChange(text: string): void;
}

/** A field to search in what is shown below it. */
export function SearchField({ label, value, onChange, className, ...rest }: SearchFieldProps) {
  return (
    <search className={`fe-search ${className ?? ''}`}>
      <Icon name="search" size={15} />
      <input
        aria-label={label}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        spellCheck={false}
        type="search"
        value={value}
        {...rest}
      />
    </search>
  );
}
