import { type KeyboardEvent, useEffect, useRef } from 'react';
import { createPortal } from 'react-dom';
import { Icon } from './Icon';
import type { IconName } from './icons';
import './Menu.css';
import { placed } from './placing';

export interface MenuItem {
  id: string;
  label: string;
  icon?: IconName;
  shortcut?: string;
  disabled?: boolean;
  /** A line above this item. */
  separated?: boolean;
  checked?: boolean;
  perform(): void;
}

interface MenuProps {
  items: MenuItem[];
  label: string;
  /** Whether the label is seen, above the items. */
  isTitled?: boolean;
  /** Near what the menu opens: an element's rectangle, or a point. */
  anchor: DOMRect;
  onClose(): void;
}

/** A menu, used with pointer or arrow keys; letters jump to the item they begin. */
export function Menu({ items, label, isTitled = false, anchor, onClose }: MenuProps) {
  const list = useRef<HTMLDivElement>(null);
  const closing = useRef(onClose);
  closing.current = onClose;

  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    focusables(list.current)[0]?.focus();
    const away = (event: Event) => {
      if (!list.current?.contains(event.target as Node)) closing.current();
    };
    window.addEventListener('pointerdown', away, true);
    window.addEventListener('blur', closing.current);
    const close = closing.current;
    return () => {
      window.removeEventListener('pointerdown', away, true);
      window.removeEventListener('blur', close);
      if (before?.isConnected && document.activeElement === document.body) before.focus();
    };
  }, []);

  return createPortal(
    <div
      ref={(element) => {
        list.current = element;
        placed(element, anchor, true);
      }}
      className="fe-menu"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(event) => move(event, list.current, onClose)}
      onContextMenu={(event) => event.preventDefault()}
    >
      {isTitled && <p className="fe-menu-title">{label}</p>}
      {items.map((item) => (
        <Entry key={item.id} item={item} onClose={onClose} />
      ))}
    </div>,
    document.body,
  );
}

function Entry({ item, onClose }: { item: MenuItem; onClose(): void }) {
  return (
    <>
      {item.separated && <div className="fe-menu-line" role="separator" />}
      <button
        type="button"
        role={item.checked === undefined ? 'menuitem' : 'menuitemcheckbox'}
        aria-checked={item.checked}
        className="fe-menu-item"
        disabled={item.disabled}
        onClick={() => {
          onClose();
          item.perform();
        }}
      >
        <span className="fe-menu-icon">
          {item.checked ? <Icon name="check" /> : item.icon && <Icon name={item.icon} />}
        </span>
        <span className="fe-menu-label">{item.label}</span>
        {item.shortcut && <kbd>{item.shortcut}</kbd>}
      </button>
    </>
  );
}

const focusables = (list: HTMLElement | null): HTMLButtonElement[] => [
  ...(list?.querySelectorAll<HTMLButtonElement>('.fe-menu-item:enabled') ?? []),
];

function move(event: KeyboardEvent, list: HTMLElement | null, onClose: () => void): void {
  const items = focusables(list);
  const now = items.indexOf(document.activeElement as HTMLButtonElement);
  const steps: Record<string, number> = {
    ArrowDown: (now + 1) % items.length,
    ArrowUp: (now - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  };
  event.stopPropagation();
  if (event.key === 'Escape' || event.key === 'Tab') onClose();
  else if (event.key in steps) items[steps[event.key] as number]?.focus();
  else if (event.key.length === 1 && event.key !== ' ') {
    const letter = event.key.toLowerCase();
    const found = [...items.slice(now + 1), ...items].find((item) =>
      item.querySelector('.fe-menu-label')?.textContent?.toLowerCase().startsWith(letter),
    );
    found?.focus();
    return;
  } else return;
  event.preventDefault();
}
