/** Which branches of the palette are folded, remembered from one visit to the next. */

import { useState } from 'react';

const KEY = 'flowengine.palette';

/** Return the folded branches, and how to fold or unfold one. */
export function useShut(folded: string[]): [Set<string>, (id: string, open: boolean) => void] {
  const [choice, setChoice] = useState<Record<string, boolean>>(remembered);
  const shut = new Set(folded.filter((id) => !(id in choice)));
  for (const [id, open] of Object.entries(choice)) if (!open) shut.add(id);

  function setOpen(id: string, open: boolean): void {
    const next = { ...choice, [id]: open };
    setChoice(next);
    try {
      localStorage.setItem(KEY, JSON.stringify(next));
    } catch {
      // a browser that keeps nothing shows the palette as it was at first
    }
  }
  return [shut, setOpen];
}

function remembered(): Record<string, boolean> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Record<string, boolean>;
  } catch {
    return {};
  }
}
