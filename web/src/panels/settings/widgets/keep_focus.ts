/** The focus in lists whose lines come and go. */

/**
 * Call before the line that has the focus goes: whoever works by keyboard stays at its place.
 *
 * @param list what holds the lines
 * @param line finds what can have the focus in a line
 * @param otherwise gets it when no line is left
 */
export function keepFocus(
  list: Element | null,
  line: string,
  otherwise: HTMLElement | null | undefined,
): void {
  const lines = () => [...(list?.querySelectorAll<HTMLElement>(line) ?? [])];
  const at = lines().indexOf(document.activeElement as HTMLElement);
  if (at < 0) return;
  requestAnimationFrame(() => {
    const left = lines();
    const next = left[Math.min(at, left.length - 1)];
    (next ?? otherwise)?.focus();
  });
}

/** The same for a button that removes its line from a list with a button to add one. */
export function keepPlace(button: Element): void {
  const list = button.closest('.fe-set-list');
  keepFocus(list, 'button[aria-label^="Remove"]', list?.querySelector('.fe-button'));
}

/** Give the focus to the first field of the item that a button just added above itself. */
export function goToNew(button: Element): void {
  requestAnimationFrame(() => {
    const field = button.previousElementSibling?.querySelector<HTMLElement>(
      'input, textarea, select, button',
    );
    field?.focus();
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) field.select();
  });
}
