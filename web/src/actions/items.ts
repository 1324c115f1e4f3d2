/** Actions as items of a menu. */

import type { MenuItem } from '../parts/Menu';
import { actionOf } from './index';
import { shown } from './keys';

/** Items by the ids of actions; `-` draws a line before the next one. */
export function menuItems(ids: readonly string[]): MenuItem[] {
  return ids.flatMap((id, index) => {
    if (id === '-') return [];
    const action = actionOf(id);
    return {
      id,
      label: action.label,
      icon: action.icon,
      shortcut: shown(action.keys?.[0]),
      disabled: !action.enabled(),
      checked: action.checked?.(),
      separated: ids[index - 1] === '-',
      perform: action.perform,
    };
  });
}
