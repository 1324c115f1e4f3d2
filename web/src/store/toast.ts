/** Short sentences at the edge of the screen. */

import { create } from 'zustand';

export type Severity = 'info' | 'success' | 'warning' | 'error';

export interface Toast {
  id: number;
  sentence: string;
  severity: Severity;
  action?: { label: string; perform: () => void };
}

interface Toasts {
  toasts: Toast[];
  dismiss(id: number): void;
}

const SECONDS: Record<Severity, number> = { info: 4, success: 4, warning: 8, error: 10 };

let last = 0;

export const useToasts = create<Toasts>((set) => ({
  toasts: [],
  dismiss: (id) => set((state) => ({ toasts: state.toasts.filter((item) => item.id !== id) })),
}));

/** Say something, and return what dismisses it; the same sentence twice stands once. */
export function toast(
  sentence: string,
  severity: Severity = 'info',
  action?: Toast['action'],
): () => void {
  const id = ++last;
  useToasts.setState((state) => ({
    toasts: [
      ...state.toasts.filter((item) => item.sentence !== sentence),
      { id, sentence, severity, action },
    ].slice(-4),
  }));
  const dismiss = () => useToasts.getState().dismiss(id);
  window.setTimeout(dismiss, SECONDS[severity] * 1000);
  return dismiss;
}
