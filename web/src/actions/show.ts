/** Showing a node: its component opens, it is selected and brought into view. */

import { nameOf, parentOf } from '../model/document';
import { useView } from '../store/view';
import { reveal } from './walk';

export function showNode(path: string): void {
  const { component, openComponent, select } = useView.getState();
  const parent = parentOf(path);
  if (component !== parent) openComponent(parent);
  select([path]);
  // another component's canvas is drawn first
  const before = document.activeElement;
  window.setTimeout(() => reveal(nameOf(path), false, before), component === parent ? 0 : 120);
}
