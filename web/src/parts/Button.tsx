import type { ButtonHTMLAttributes, ReactNode } from 'react';
import './Button.css';
import { Icon } from './Icon';
import type { IconName } from './icons';
import { Tooltip } from './Tooltip';

type Native = Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'title'>;

interface ButtonProps extends Native {
  icon?: IconName;
  look?: 'plain' | 'primary' | 'quiet' | 'danger';
  children: ReactNode;
}

/** A button with words. */
export function Button({ icon, look = 'plain', children, className = '', ...rest }: ButtonProps) {
  return (
    <button type="button" className={`fe-button fe-button-${look} ${className}`} {...rest}>
      {icon && <Icon name={icon} size={15} />}
      <span>{children}</span>
    </button>
  );
}

interface IconButtonProps extends Native {
  icon: IconName;
  label: string;
  /** Shown beside the label, as “Ctrl+Z”. */
  shortcut?: string;
  size?: number;
}

/** A button with an icon only; its label is its name and its tooltip. */
export function IconButton({
  icon,
  label,
  shortcut,
  size = 16,
  className = '',
  ...rest
}: IconButtonProps) {
  return (
    <Tooltip text={label} shortcut={shortcut}>
      <button
        type="button"
        className={`fe-icon-button ${className}`}
        aria-label={label}
        aria-keyshortcuts={shortcut?.replace('Ctrl', 'Control')}
        {...rest}
      >
        <Icon name={icon} size={size} />
      </button>
    </Tooltip>
  );
}
