import { type MouseEvent, useCallback, useState } from 'react';
import { join } from '../model/document';
import { Menu, type MenuItem } from '../parts/Menu';
import { useView } from '../store/view';
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

export function CanvasMenu({ menu, onClose }: { menu: OpenMenu; onClose(): void }) {
  const items: MenuItem[] = [];
  return (
    <Menu
      label="Commands"
      items={items}
      anchor={new DOMRect(menu.x, menu.y, 0, 0)}
      onClose={onClose}
    />
  );
}
