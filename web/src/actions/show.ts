/** Showing a node: its component opens, it is selected and brought into view. */

import { isInline, nameOf, nodeAt, parentOf } from '../model/document';
import { useDocument } from '../store/document';
import { useView } from '../store/view';
import { reveal } from './walk';

/** What stands for a node on the canvas: of what a file holds, the component that takes the file. */
function seen(path: string): string {
  const { document } = useDocument.getState();
  const parts = path.split('/');
  const outer = parts.slice(1).map((_, index) => parts.slice(0, index + 1).join('/'));
  return outer.find((one) => !isInline(nodeAt(document, one))) ?? path;
}

export function showNode(wanted: string): void {
  const path = seen(wanted);
  const { component, openComponent, select } = useView.getState();
  const parent = parentOf(path);
  if (component !== parent) openComponent(parent);
  select([path]);
  // another component's canvas is drawn first
  const before = document.activeElement;
  window.setTimeout(() => reveal(nameOf(path), false, before), component === parent ? 0 : 120);
}
