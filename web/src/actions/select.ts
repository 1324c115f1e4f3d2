/** Selecting along the wires. */

import { join, nameOf } from '../model/document';
import { fedBy, feeding } from '../model/wiring';
import { sceneNow } from '../store/scene';
import { useView } from '../store/view';
import type { Action } from './action';

const isChosen = (): boolean => useView.getState().selection.length > 0;

/** Select, with what is selected, all that is reached from it. */
function reach(step: typeof fedBy): void {
  const { body, component } = sceneNow();
  const { selection, select } = useView.getState();
  const found = new Set(selection.map(nameOf).flatMap((name) => [...step(body, name)]));
  const known = [...found].filter((name) => body.nodes?.[name]);
  select(known.map((name) => join(component, name)));
}

export const SELECT_ACTIONS: Action[] = [
  {
    id: 'select.before',
    label: 'Select all that feeds this',
    icon: 'arrowLeft',
    keys: ['Alt+,'],
    group: 'Nodes',
    enabled: isChosen,
    perform: () => reach(feeding),
  },
  {
    id: 'select.behind',
    label: 'Select all that this feeds',
    icon: 'chevronRight',
    keys: ['Alt+.'],
    group: 'Nodes',
    enabled: isChosen,
    perform: () => reach(fedBy),
  },
];
