/** All commands of the editor. */

import type { Action } from './action';
import { ARRANGE_ACTIONS } from './arrange';
import { COMPONENT_ACTIONS } from './components';
import { HISTORY_ACTIONS } from './history';
import { NODE_ACTIONS } from './nodes';
import { PART_ACTIONS } from './parts';
import { PICTURE_ACTIONS } from './pictures';
import { RUN_ACTIONS } from './run';
import { SELECT_ACTIONS } from './select';
import { VIEW_ACTIONS } from './view';
import { WALK_ACTIONS } from './walk';

export const ACTIONS: readonly Action[] = [
  ...RUN_ACTIONS,
  ...HISTORY_ACTIONS,
  ...PART_ACTIONS,
  ...NODE_ACTIONS,
  ...COMPONENT_ACTIONS,
  ...SELECT_ACTIONS,
  ...ARRANGE_ACTIONS,
  ...VIEW_ACTIONS,
  ...PICTURE_ACTIONS,
  ...WALK_ACTIONS,
];

const BY_ID = new Map(ACTIONS.map((action) => [action.id, action]));

/** An action by its id; a wrong id is a fault of ours. */
export function actionOf(id: string): Action {
  const action = BY_ID.get(id);
  if (!action) throw new Error(`there is no action "${id}"`);
  return action;
}
