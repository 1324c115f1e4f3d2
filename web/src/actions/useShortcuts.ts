/** The keyboard: every action by its keys, where they mean nothing else. */

import { useEffect } from 'react';
import { focusCanvas } from '../canvas/focus';
import { useView } from '../store/view';
import type { Action } from './action';
import { ACTIONS } from './index';
import { keyOf } from './keys';
import { copiedText, pasteText, removeSelection } from './parts';

const BY_KEY = new Map<string, Action>(
  ACTIONS.flatMap((action) => (action.keys ?? []).map((keys) => [keys, action] as const)),
);

/** The clipboard's keys come as events of their own, which need nobody's permission. */
const CLIPBOARD = new Set(['Ctrl+C', 'Ctrl+X', 'Ctrl+V']);
/** Keys that mean something in every list, grid and tree. */
const LOCAL = new Set(['Ctrl+A', 'Ctrl+D', 'Delete', 'Backspace', 'Escape', '/', '?', '+', '-']);
const SETTINGS = '.fe-settings';
const FIELD = 'input, textarea, select, [contenteditable="true"]';

const isField = (target: EventTarget | null): boolean =>
  target instanceof Element && target.matches(FIELD);

/** Whether keys go to the canvas: it has the focus, or nothing has. */
const isCanvas = (target: EventTarget | null): boolean =>
  target === document.body ||
  (target instanceof Element && target.closest('.fe-canvas, .fe-top') !== null);

/** Whether a node has the focus, or nothing has: then Enter is no click. */
const isNode = (target: EventTarget | null): boolean =>
  target === document.body ||
  (target instanceof Element && target.matches('.fe-canvas, .react-flow__node'));

function isMeant(keys: string, target: EventTarget | null): boolean {
  if (CLIPBOARD.has(keys)) return false;
  if (keys === 'Enter') return isNode(target);
  if (/^(Shift\+)?F\d+$/.test(keys)) return true;
  if (isField(target)) return ['Ctrl+K', 'Ctrl+Enter', 'Ctrl+Shift+Enter'].includes(keys);
  const isPlain = !/^(Ctrl|Alt)/.test(keys) || LOCAL.has(keys);
  return !isPlain || isCanvas(target);
}

function onKeyDown(event: KeyboardEvent): void {
  if (event.defaultPrevented || event.isComposing) return;
  const { dialogs } = useView.getState();
  if (dialogs.commands || dialogs.shortcuts) return;
  const keys = keyOf(event);
  if (keys === 'Escape' && event.target instanceof Element && event.target.closest(SETTINGS)) {
    focusCanvas();
    return;
  }
  // the browser would mark every word of the page
  if (keys === 'Ctrl+A' && !isField(event.target)) event.preventDefault();
  const action = BY_KEY.get(keys);
  if (!action || !isMeant(keys, event.target)) return;
  event.preventDefault();
  if (action.enabled()) action.perform();
}

function onCopy(event: ClipboardEvent): void {
  if (!isCanvas(event.target) || isField(event.target)) return;
  if (!window.getSelection()?.isCollapsed) return;
  const text = copiedText();
  if (text === undefined) return;
  event.clipboardData?.setData('text/plain', text);
  event.preventDefault();
  if (event.type === 'cut') removeSelection();
}

function onPaste(event: ClipboardEvent): void {
  if (!isCanvas(event.target) || isField(event.target)) return;
  event.preventDefault();
  pasteText(event.clipboardData?.getData('text/plain') ?? '');
}

export function useShortcuts(): void {
  useEffect(() => {
    window.addEventListener('keydown', onKeyDown);
    document.addEventListener('copy', onCopy);
    document.addEventListener('cut', onCopy);
    document.addEventListener('paste', onPaste);
    return () => {
      window.removeEventListener('keydown', onKeyDown);
      document.removeEventListener('copy', onCopy);
      document.removeEventListener('cut', onCopy);
      document.removeEventListener('paste', onPaste);
    };
  }, []);
}
