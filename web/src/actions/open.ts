/** Opening components and going back. */

import { COMPONENT, isInline, nodeAt, parentOf } from '../model/document';
import { useDocument } from '../store/document';
import { go } from '../store/route';
import { useView } from '../store/view';

/** Open a component; of another node, its settings. */
export function openNode(path: string): void {
  const { document, path: file } = useDocument.getState();
  const entry = nodeAt(document, path);
  if (entry?.type !== COMPONENT) {
    useView.getState().setCollapsed('settings', false);
    requestAnimationFrame(() =>
      window.document
        .querySelector<HTMLElement>('.fe-side-settings :is(input, select, textarea, button)')
        ?.focus(),
    );
  } else if (isInline(entry)) openComponent(path);
  else if (file) go(resolved(file, String(entry.settings?.path)));
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
