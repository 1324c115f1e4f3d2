/** Undo and redo: every command is one step, typing in a field is one step. */

import type { Command } from './commands';
import type { Document } from './document';
import { diff, patched } from './patch';

export interface Step {
  label: string;
  before: Document;
  after: Document;
  merge?: string;
  time: number;
}

export interface History {
  past: readonly Step[];
  future: readonly Step[];
}

export const EMPTY: History = { past: [], future: [] };

const MOST = 500;
/** Milliseconds after which the same field begins a new step. */
const PAUSE = 1500;

/** The history after a command. */
export function pushed(history: History, step: Step): History {
  const last = history.past.at(-1);
  if (last && step.merge !== undefined && last.merge === step.merge && last.after === step.before)
    if (step.time - last.time < PAUSE && !history.future.length)
      return {
        past: [...history.past.slice(0, -1), { ...step, before: last.before }],
        future: [],
      };
  return { past: [...history.past, step].slice(-MOST), future: [] };
}

/** The command that takes the last step back, or takes it again. */
export const undoing = (step: Step): Command =>
  between(`Undo: ${step.label}`, step.after, step.before);
export const redoing = (step: Step): Command => between(step.label, step.before, step.after);

function between(label: string, from: Document, to: Document): Command {
  return {
    label,
    // where nobody else has changed the document, the very one of before comes back
    apply: (document) => (document === from ? to : patched(document, diff(from, to))),
  };
}
