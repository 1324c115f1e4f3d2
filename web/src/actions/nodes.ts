/** Adding, naming, commenting, connecting nodes; notes. */

import { askSetting } from '../canvas/asking';
import { centre, screenAt } from '../canvas/instance';
import { nameOf } from '../model/document';
import { addLinks, disconnect } from '../model/edit_graph';
import { addNote, freshNoteId } from '../model/edit_notes';
import { freePlace } from '../model/geometry';
import { connectionsOf, endOf, keyOf } from '../model/graph';
import { linksAlong } from '../model/wiring';
import { useDocument } from '../store/document';
import { boxesOf, sceneNow } from '../store/scene';
import { toast } from '../store/toast';
import { useView } from '../store/view';
import type { Action } from './action';
import { manyOf } from './add_node';
import { openNode, switchToSettings } from './open';
import { openQuickAddHere } from './quick_add';

const NOTE_SIZE = [280, 120] as const;

const isOpen = (): boolean => useDocument.getState().document !== null;
const one = (): string | undefined => {
  const { selection } = useView.getState();
  return selection.length === 1 ? selection[0] : undefined;
};

/** The selected nodes from left to right. */
function inOrder(): string[] {
  const { places } = sceneNow();
  return useView
    .getState()
    .selection.map(nameOf)
    .sort((a, b) => (places.get(a)?.[0] ?? 0) - (places.get(b)?.[0] ?? 0));
}

/** Connect the selected nodes, each with the next one at its right; again: by their next ports. */
function connectSelected(): void {
  const { body, ports, component } = sceneNow();
  const names = inOrder();
  const links = linksAlong(body, ports, names);
  if (links.length)
    useDocument.getState().apply(addLinks(component, links, [], manyOf(links, ports)));
  else if (!offerSettings(names))
    toast(
      `Nothing of “${names[0]}” fits a free input of “${names[1]}”, or the other way.`,
      'warning',
    );
}

/** Where the first of two nodes gives a variable, ask which setting of the other takes it. */
function offerSettings([source = '', target = '']: string[]): boolean {
  const { ports, places } = sceneNow();
  const variable = ports.get(source)?.outputs.find(({ type }) => type === 'variable');
  if (!variable) return false;
  askSetting({ node: source, port: variable.id }, target, screenAt(places.get(target) ?? [0, 0]));
  return true;
}

/** Take away the connections among the selected nodes, or of the one that is selected. */
function disconnectSelected(): void {
  const { body, component } = sceneNow();
  const names = new Set(inOrder());
  const gone = connectionsOf(body).filter((item) => {
    const [from, to] = [names.has(endOf(item.from).node), names.has(endOf(item.to).node)];
    return names.size > 1 ? from && to : from || to;
  });
  if (gone.length) useDocument.getState().apply(disconnect(component, gone.map(keyOf)));
}

function writeNote(): void {
  const scene = sceneNow();
  const { component, body } = scene;
  const [x, y] = centre();
  const id = freshNoteId(body);
  const [width, height] = NOTE_SIZE;
  // behind nodes nobody could read it
  const corner = freePlace([x - width / 2, y - height / 2], boxesOf(scene), height, width);
  const place: [number, number, number, number] = [...corner, width, height];
  if (!useDocument.getState().apply(addNote(component, { id, text: '', place, colour: 'yellow' })))
    return;
  useView.getState().select([], [], [id]);
  useView.getState().setEditing({ path: id, what: 'note' });
}

function comment(): void {
  const { notes, setEditing } = useView.getState();
  const path = one();
  if (path) setEditing({ path, what: 'comment' });
  else if (notes[0]) setEditing({ path: notes[0], what: 'note' });
}

export const NODE_ACTIONS: Action[] = [
  {
    id: 'node.add',
    label: 'Add a node',
    icon: 'add',
    keys: ['Ctrl+Space', '/', 'Ctrl+.'],
    group: 'Nodes',
    enabled: isOpen,
    perform: openQuickAddHere,
  },
  {
    id: 'node.open',
    label: 'Open the settings, or the component',
    icon: 'panelRight',
    keys: ['Enter'],
    group: 'Nodes',
    enabled: () => one() !== undefined,
    perform: () => openNode(one() as string),
  },
  {
    id: 'node.configure',
    label: 'Go to the settings and back',
    icon: 'panelRight',
    keys: ['F6'],
    group: 'Nodes',
    enabled: isOpen,
    perform: switchToSettings,
  },
  {
    id: 'node.connect',
    label: 'Connect',
    icon: 'link',
    keys: ['Ctrl+L', 'Alt+C'],
    group: 'Nodes',
    enabled: () => useView.getState().selection.length > 1,
    perform: connectSelected,
  },
  {
    id: 'node.disconnect',
    label: 'Disconnect',
    icon: 'plug',
    keys: ['Ctrl+Shift+L', 'Alt+Shift+C'],
    group: 'Nodes',
    enabled: () => useView.getState().selection.length > 0,
    perform: disconnectSelected,
  },
  {
    id: 'node.comment',
    label: 'Write a comment',
    icon: 'comment',
    keys: ['F2'],
    group: 'Nodes',
    enabled: () => one() !== undefined || useView.getState().notes.length === 1,
    perform: comment,
  },
  {
    id: 'node.rename',
    label: 'Rename',
    icon: 'edit',
    keys: ['Shift+F2'],
    group: 'Nodes',
    enabled: () => one() !== undefined,
    perform: () => useView.getState().setEditing({ path: one() as string, what: 'name' }),
  },
  {
    id: 'note.add',
    label: 'Add a note',
    icon: 'note',
    keys: ['Alt+N'],
    group: 'Nodes',
    enabled: isOpen,
    perform: writeNote,
  },
];
