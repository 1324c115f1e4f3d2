/** Opening components and going back. */

import { focusCanvas } from '../canvas/focus';
import { COMPONENT, isInline, nodeAt, parentOf } from '../model/document';
import { useDocument } from '../store/document';
import { go } from '../store/route';
import { showSettings, useView } from '../store/view';

const PANEL = '.fe-settings';
const FIELD = ':is(input, select, textarea, button)';

/** Open a component; of another node, its settings. */
export function openNode(path: string): void {
  const { document, path: file } = useDocument.getState();
  const entry = nodeAt(document, path);
  if (entry?.type !== COMPONENT) openSettings();
  else if (isInline(entry)) openComponent(path);
  else if (file) go(resolved(file, String(entry.settings?.path)));
}

/** Put the focus into the settings: on the first of them, not on the name above. */
export function openSettings(): void {
  showSettings(true);
  requestAnimationFrame(() =>
    (
      window.document.querySelector<HTMLElement>(`${PANEL} .fe-set-row-control ${FIELD}`) ??
      window.document.querySelector<HTMLElement>(`${PANEL} ${FIELD}`)
    )?.focus(),
  );
}

/** Go to the settings, or back to the canvas from there. */
export function switchToSettings(): void {
  if (window.document.activeElement?.closest(PANEL)) focusCanvas();
  else openSettings();
}

export function openComponent(path: string): void {
  useView.getState().openComponent(path);
}

/** Go to what holds the open component, and select the component there. */
export function leaveComponent(): void {
  const { component, openComponent: open, select } = useView.getState();
  if (!component) return;
  open(parentOf(component));
  select([component]);
}

/** A path that is relative to a workflow's folder, relative to the workspace. */
export function resolved(workflow: string, path: string): string {
  const parts = workflow.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part) parts.push(part);
  }
  return parts.join('/');
}
