/** Selecting nodes, notes and wires, and opening what can be opened. */

import type { EdgeChange, NodeChange } from '@xyflow/react';
import { type FocusEvent, useCallback } from 'react';
import { openNode } from '../actions/open';
import { join } from '../model/document';
import { useView } from '../store/view';
import { type CanvasEdge, type CanvasNode, NOTE } from './items';

export function useSelecting(onMoves: (changes: NodeChange<CanvasNode>[]) => void) {
  const onNodesChange = useCallback(
    (changes: NodeChange<CanvasNode>[]) => {
      onMoves(changes);
      const chosen = changes.filter((change) => change.type === 'select');
      if (!chosen.length) return;
      const view = useView.getState();
      const selection = new Set(view.selection);
      const notes = new Set(view.notes);
      for (const { id, selected } of chosen) {
        const isNote = id.startsWith(NOTE);
        const set = isNote ? notes : selection;
        const key = isNote ? id.slice(NOTE.length) : join(view.component, id);
        if (selected) set.add(key);
        else set.delete(key);
      }
      view.select([...selection], view.wires, [...notes]);
    },
    [onMoves],
  );

  const onEdgesChange = useCallback((changes: EdgeChange<CanvasEdge>[]) => {
    const chosen = changes.filter((change) => change.type === 'select');
    if (!chosen.length) return;
    const view = useView.getState();
    const wires = new Set(view.wires);
    for (const { id, selected } of chosen) {
      if (selected) wires.add(id);
      else wires.delete(id);
    }
    view.select(view.selection, [...wires], view.notes);
  }, []);

  const open = useCallback((node: CanvasNode) => {
    if (node.type === 'note')
      useView.getState().setEditing({ path: node.data.note.id, what: 'note' });
    else openNode(node.data.path);
  }, []);

  /** A node that the Tab key comes to is selected. */
  const onFocus = useCallback((event: FocusEvent) => {
    const node = event.target.closest('.react-flow__node-card');
    if (node !== event.target || !event.target.matches(':focus-visible')) return;
    const view = useView.getState();
    const path = join(view.component, node.getAttribute('data-id') ?? '');
    if (!view.selection.includes(path)) view.select([path]);
  }, []);

  return { onFocus, onNodesChange, onEdgesChange, openNode: open };
}
