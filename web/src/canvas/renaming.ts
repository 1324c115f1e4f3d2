/** Selection and open component follow a node's new name. */

import { join, parentOf } from '../model/document';
import { useView } from '../store/view';

export function followRename(before: string, name: string): void {
  const after = join(parentOf(before), name);
  const moved = (path: string): string =>
    path === before || path.startsWith(`${before}/`) ? after + path.slice(before.length) : path;
  useView.setState((view) => ({
    selection: view.selection.map(moved),
    component: moved(view.component),
  }));
}
