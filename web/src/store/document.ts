/** The open workflow: commands change it, undo takes them back, and every one is saved. */

import { create } from 'zustand';
import type { Command } from '../model/commands';
import { type Document, isInline, nodeAt, parentOf } from '../model/document';
import { EMPTY, type History, pushed, redoing, undoing } from '../model/history';
import { same } from '../model/patch';
import { Refusal } from '../model/refusal';
import { useReport } from './report';
import { useRun } from './run';
import { Saver } from './saving';
import { toast } from './toast';
import { useView } from './view';

/** `gone` and `unreadable` is what the file is by now; what is seen here is kept then. */
export type Saving =
  | 'saved'
  | 'saving'
  | 'unsaved'
  | 'offline'
  | 'conflict'
  | 'gone'
  | 'unreadable';

interface DocumentState {
  path: string | null;
  document: Document | null;
  saving: Saving;
  /** Why the file cannot be read, where that is how it is. */
  trouble: string;
  /** Sentences on what could not be done again after somebody else's save. */
  lost: string[];
  history: History;
  canUndo: boolean;
  canRedo: boolean;
  /** Do a command; false, with a toast that says why, when it is refused. */
  apply(command: Command): boolean;
  undo(): boolean;
  redo(): boolean;
  open(path: string): Promise<void>;
  close(): void;
}

let saver: Saver | null = null;

export const useDocument = create<DocumentState>((set, get) => {
  function setHistory(history: History): void {
    set({ history, canUndo: history.past.length > 0, canRedo: history.future.length > 0 });
  }

  /** Change the document and have it saved; the document before, or null where it is refused. */
  function change(command: Command): Document | null {
    const { document } = get();
    if (!document || !saver) return null;
    try {
      const after = command.apply(document);
      if (same(after, document)) return document;
      set({ document: after });
      saver.add(command);
      return document;
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      toast(error.message, 'warning');
      return null;
    }
  }

  return {
    path: null,
    document: null,
    saving: 'saved',
    trouble: '',
    lost: [],
    history: EMPTY,
    canUndo: false,
    canRedo: false,
    apply: (command) => {
      const before = change(command);
      const after = get().document;
      if (!before || !after) return false;
      if (before !== after) {
        const { label, merge } = command;
        setHistory(pushed(get().history, { label, merge, before, after, time: Date.now() }));
      }
      return true;
    },
    undo: () => {
      const { past, future } = get().history;
      const step = past.at(-1);
      if (!step || !change(undoing(step))) return false;
      forgetGone(get().document);
      setHistory({ past: past.slice(0, -1), future: [step, ...future] });
      return true;
    },
    redo: () => {
      const { past, future } = get().history;
      const [step, ...rest] = future;
      if (!step || !change(redoing(step))) return false;
      forgetGone(get().document);
      setHistory({ past: [...past, step], future: rest });
      return true;
    },
    open: async (path) => {
      get().close();
      const opened = new Saver(path, {
        document: () => get().document,
        replace: (document) => {
          set({ document });
          forgetGone(document);
        },
        setSaving: (saving, trouble = '') => set({ saving, trouble }),
        lost: () => get().lost,
        addLost: (sentences) => set((state) => ({ lost: [...state.lost, ...sentences] })),
      });
      saver = opened;
      set({ path });
      try {
        const document = await opened.open();
        if (saver === opened) set({ document });
      } catch (error) {
        if (saver === opened) set({ path: null });
        throw error;
      }
    },
    close: () => {
      saver?.close();
      saver = null;
      set({ path: null, document: null, saving: 'saved', trouble: '', lost: [] });
      setHistory(EMPTY);
      useReport.getState().setReport(null);
      useRun.getState().setRun(null);
      useView.getState().openComponent('');
    },
  };
});

/** Leave a component that is there no more, and select nothing that is gone. */
function forgetGone(document: Document | null): void {
  const { component, selection, wires, notes, openComponent, select } = useView.getState();
  let open = component;
  while (open && !isInline(nodeAt(document, open))) open = parentOf(open);
  if (open !== component) openComponent(open);
  const left = selection.filter((path) => nodeAt(document, path));
  if (open === component && left.length < selection.length) select(left, wires, notes);
}

/** Somebody's save, told by the server. */
export const documentChanged = (etag: string): void => saver?.announced(etag);

/** The sentences on what was lost are read. */
export function forgetLost(): void {
  useDocument.setState({ lost: [] });
  saver?.keep();
}

/** Put what is seen in the place of a file that is gone or cannot be read. */
export const writeAnew = (): Promise<void> => saver?.writeAnew() ?? Promise.resolve();

/** Save what waits, at once: before a run, say. */
export const saveNow = (): Promise<void> => saver?.flush() ?? Promise.resolve();
