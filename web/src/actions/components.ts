/** Making, opening, leaving and expanding components. */

import { COMPONENT, isInline, join, nameOf, nodeAt } from '../model/document';
import { expandComponent, makeComponent } from '../model/edit_components';
import { freshName } from '../model/edit_nodes';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { useView } from '../store/view';
import type { Action } from './action';
import { leaveComponent, openNode } from './open';

const one = (): string | undefined => {
  const { selection } = useView.getState();
  return selection.length === 1 ? selection[0] : undefined;
};

const chosenEntry = () => nodeAt(useDocument.getState().document, one() ?? '');

function make(): void {
  const { body, component, ports, places } = sceneNow();
  const names = useView.getState().selection.map(nameOf);
  const name = freshName('component', (item) => Boolean(body.nodes?.[item]));
  const command = makeComponent(component, names, name, { ports, places });
  if (!useDocument.getState().apply(command)) return;
  const path = join(component, name);
  useView.getState().select([path]);
  useView.getState().setEditing({ path, what: 'name' });
}

function expand(): void {
  const path = one();
  if (path === undefined) return;
  const { places, component } = sceneNow();
  const before = new Set(places.keys());
  if (!useDocument.getState().apply(expandComponent(path, places))) return;
  const added = [...sceneNow().places.keys()].filter((name) => !before.has(name));
  useView.getState().select(added.map((name) => join(component, name)));
}

export const COMPONENT_ACTIONS: Action[] = [
  {
    id: 'component.make',
    label: 'Make a component',
    icon: 'component',
    keys: ['Ctrl+J', 'Alt+J'],
    group: 'Nodes',
    enabled: () => useView.getState().selection.length > 0,
    perform: make,
  },
  {
    id: 'component.open',
    label: 'Open',
    icon: 'external',
    keys: ['Ctrl+Alt+Enter'],
    group: 'Nodes',
    enabled: () => chosenEntry()?.type === COMPONENT,
    perform: () => openNode(one() as string),
  },
  {
    id: 'component.leave',
    label: 'Back to what holds this component',
    icon: 'back',
    keys: ['Ctrl+Alt+Shift+Enter', 'Alt+ArrowUp'],
    group: 'View',
    enabled: () => useView.getState().component !== '',
    perform: leaveComponent,
  },
  {
    id: 'component.expand',
    label: 'Expand the component',
    icon: 'expand',
    keys: ['Ctrl+Shift+J', 'Alt+Shift+J'],
    group: 'Nodes',
    enabled: () => isInline(chosenEntry()),
    perform: expand,
  },
];
