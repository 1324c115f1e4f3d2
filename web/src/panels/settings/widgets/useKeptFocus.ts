import { useCallback, useRef } from 'react';

/**
 * Keep the focus where a field becomes another of a different kind under somebody's hands, such as
 * a name that is typed until the columns are known.
 *
 * @return a ref for both fields
 */
export function useKeptFocus(): (field: HTMLElement | null) => void {
  const shown = useRef<HTMLElement | null>(null);
  const had = useRef(false);
  return useCallback((field) => {
    // React takes the ref away while the old field still stands
    if (!field) had.current = document.activeElement === shown.current;
    else if (had.current) field.focus();
    shown.current = field;
  }, []);
}
