import { type MouseEvent, useCallback, useState } from 'react';
import { menuItems } from '../actions/items';
import { join } from '../model/document';
import { NOTE_COLOURS, setNoteColour } from '../model/edit_notes';
import { Menu, type MenuItem } from '../parts/Menu';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { useView } from '../store/view';
import { performAt } from './instance';
import { type CanvasEdge, type CanvasNode, NOTE } from './items';

type Kind = 'node' | 'note' | 'wire' | 'pane';

export interface OpenMenu {
  kind: Kind;
  x: number;
  y: number;
}

/** Right clicks on the canvas: what was clicked is selected, and its menu opens. */
export function useCanvasMenu() {
  const [menu, setMenu] = useState<OpenMenu | null>(null);
  const open = useCallback((event: MouseEvent | globalThis.MouseEvent, kind: Kind) => {
    event.preventDefault();
    setMenu({ kind, x: event.clientX, y: event.clientY });
  }, []);
  return {
    menu,
    close: useCallback(() => setMenu(null), []),
    onPaneContextMenu: (event: MouseEvent | globalThis.MouseEvent) => open(event, 'pane'),
    onSelectionContextMenu: (event: MouseEvent) => open(event, 'node'),
    onNodeContextMenu: (event: MouseEvent, node: CanvasNode) => {
      const view = useView.getState();
      if (node.id.startsWith(NOTE)) {
        const id = node.id.slice(NOTE.length);
        if (!view.notes.includes(id)) view.select([], [], [id]);
        open(event, 'note');
        return;
      }
      const path = join(view.component, node.id);
      if (!view.selection.includes(path)) view.select([path]);
      open(event, 'node');
    },
    onEdgeContextMenu: (event: MouseEvent, edge: CanvasEdge) => {
      useView.getState().select([], [edge.id]);
      open(event, 'wire');
    },
  };
}

const MENUS: Record<Exclude<Kind, 'note'>, string[]> = {
  node: [
    'run.here',
    'run.reset',
    '-',
    'component.open',
    'component.make',
    'component.expand',
    '-',
    'node.comment',
    'node.rename',
    'node.connect',
    'node.disconnect',
    'select.before',
    'select.behind',
    '-',
    'edit.cut',
    'edit.copy',
    'edit.duplicate',
    'edit.delete',
    '-',
    'arrange.left',
    'arrange.row',
    'arrange.distribute',
    'arrange.layout',
    'view.link',
  ],
  wire: ['edit.delete'],
  pane: [
    'node.add',
    'note.add',
    'edit.paste',
    '-',
    'view.select_all',
    'arrange.layout',
    'view.fit',
    '-',
    'run.all',
    'run.reset_all',
    '-',
    'picture.svg',
    'picture.png',
  ],
};

const NOTE_MENU = ['node.comment', 'edit.duplicate', 'edit.delete'];

function colours(): MenuItem[] {
  const { component, notes } = useView.getState();
  const [id] = notes;
  const now = sceneNow().body.annotations?.find((note) => note.id === id)?.colour ?? 'plain';
  return NOTE_COLOURS.map((colour, index) => ({
    id: colour,
    label: colour.charAt(0).toUpperCase() + colour.slice(1),
    checked: colour === now,
    separated: index === 0,
    perform: () => {
      if (id) useDocument.getState().apply(setNoteColour(component, id, colour));
    },
  }));
}

const thereOf = (item: MenuItem, { x, y }: OpenMenu): MenuItem => ({
  ...item,
  perform: () => performAt(x, y, item.perform),
});

export function CanvasMenu({ menu, onClose }: { menu: OpenMenu; onClose(): void }) {
  const items: MenuItem[] =
    menu.kind === 'note' ? [...menuItems(NOTE_MENU), ...colours()] : menuItems(MENUS[menu.kind]);
  // of a card's menu everything is about the card
  const here = menu.kind === 'pane' ? items.map((item) => thereOf(item, menu)) : items;
  return (
    <Menu
      label="Commands"
      items={here}
      anchor={new DOMRect(menu.x, menu.y, 0, 0)}
      onClose={onClose}
    />
  );
}
