/** Undo and redo. */

import { useDocument } from '../store/document';
import type { Action } from './action';

export const HISTORY_ACTIONS: Action[] = [
  {
    id: 'edit.undo',
    label: 'Undo',
    icon: 'undo',
    keys: ['Ctrl+Z'],
    group: 'Edit',
    enabled: () => useDocument.getState().canUndo,
    perform: () => void useDocument.getState().undo(),
  },
  {
    id: 'edit.redo',
    label: 'Redo',
    icon: 'redo',
    keys: ['Ctrl+Y', 'Ctrl+Shift+Z'],
    group: 'Edit',
    enabled: () => useDocument.getState().canRedo,
    perform: () => void useDocument.getState().redo(),
  },
];
