/** Keys: what a person pressed, and how keys are written for people. */

export const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);

/** A pressed key as actions name it: modifiers in this order, then the key. */
export function keyOf(event: KeyboardEvent): string {
  const parts = [];
  if (event.ctrlKey || event.metaKey) parts.push('Ctrl');
  if (event.altKey) parts.push('Alt');
  const name = nameOf(event);
  // for signs such as “?” the Shift is in the sign
  if (event.shiftKey && (name.length > 1 || /[A-Z0-9]/.test(name))) parts.push('Shift');
  return [...parts, name].join('+');
}

function nameOf(event: KeyboardEvent): string {
  if (event.key === ' ') return 'Space';
  // with ⌥ a Mac writes other signs than the keys bear
  if (IS_MAC && event.altKey && /^Key[A-Z]$/.test(event.code)) return event.code.slice(-1);
  if (/^Digit\d$/.test(event.code)) return event.code.slice(-1);
  return event.key.length === 1 ? event.key.toUpperCase() : event.key;
}

const SIGNS: Record<string, string> = {
  Ctrl: '⌘',
  Alt: '⌥',
  Shift: '⇧',
};

const WORDS: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
  Escape: 'Esc',
};

/** Keys as people read them. */
export function shown(keys: string | undefined): string | undefined {
  return keys
    ?.split(/\+(?=.)/)
    .map((part) => (IS_MAC ? SIGNS[part] : undefined) ?? WORDS[part] ?? part)
    .join(IS_MAC ? '' : '+');
}
