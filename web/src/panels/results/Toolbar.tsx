import type { ReactNode } from 'react';
import { Icon } from '../../parts/Icon';
import type { IconName } from '../../parts/icons';

/** The line above a value: facts at the left, what can be done with it at the right. */
export function Toolbar({ facts, children }: { facts: ReactNode; children?: ReactNode }) {
  return (
    <div className="fe-results-bar">
      <span className="fe-results-facts">{facts}</span>
      {children}
    </div>
  );
}

export interface Choice<T extends string> {
  id: T;
  label: string;
  icon?: IconName;
}

interface SwitchProps<T extends string> {
  label: string;
  choices: readonly Choice<T>[];
  chosen: T;
  choose: (id: T) => void;
}

/** One of a few ways to look at something. */
export function Switch<T extends string>({ label, choices, chosen, choose }: SwitchProps<T>) {
  return (
    <div className="fe-switch" role="group" aria-label={label}>
      {choices.map(({ id, label: name, icon }) => (
        <button key={id} type="button" aria-pressed={id === chosen} onClick={() => choose(id)}>
          {icon && <Icon name={icon} size={14} />}
          {name}
        </button>
      ))}
    </div>
  );
}
