/** Moving nodes and notes: seen while they are dragged, one command when they are let go. */

import type { NodeChange } from '@xyflow/react';
import { useCallback, useRef, useState } from 'react';
import { linksInto, manyOf } from '../actions/add_node';
import { withPlaces } from '../actions/places';
import { replaceByNode } from '../actions/replace';
import type { Annotation } from '../model/document';
import { addLinks, moveParts } from '../model/edit_graph';
import { connectionsOf, endOf } from '../model/graph';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { cardAt, wireAt } from './instance';
import { type CanvasNode, type Moved, NOTE } from './items';
import { showDrop, usePulling } from './pulling';

const NOWHERE: Moved = { places: new Map(), notes: new Map() };

export function useMoving() {
  const [moved, setMoved] = useState<Moved>(NOWHERE);
  const latest = useRef(moved);

  const onMoves = useCallback((changes: NodeChange<CanvasNode>[]) => {
    const places = new Map(latest.current.places);
    const notes = new Map(latest.current.notes);
    for (const change of changes) {
      if (change.type !== 'position' || !change.position || !change.dragging) continue;
      const { x, y } = change.position;
      if (change.id.startsWith(NOTE)) moveNote(notes, change.id.slice(NOTE.length), x, y);
      else places.set(change.id, [x, y]);
    }
    if (places.size + notes.size === 0) return;
    latest.current = { places, notes };
    setMoved(latest.current);
  }, []);

  const onDrag = useCallback((event: MouseEvent | TouchEvent | React.MouseEvent) => {
    const name = loneNode(latest.current);
    if (!name || !('clientX' in event)) {
      showDrop(null, null);
      return;
    }
    const { clientX: x, clientY: y } = event;
    const card = cardAt(x, y, name);
    const wire = card ? undefined : wireAt(x, y);
    const isFit = wire && linksInto(sceneNow(), sceneNow().ports, name, wire);
    showDrop(isFit ? wire : null, card ?? null);
  }, []);

  const onDragStop = useCallback(() => {
    const { places, notes } = latest.current;
    const name = loneNode(latest.current);
    const { dropWire, dropNode } = usePulling.getState();
    latest.current = NOWHERE;
    setMoved(NOWHERE);
    showDrop(null, null);
    if (name && dropNode) {
      replaceByNode(name, dropNode);
      return;
    }
    if (places.size + notes.size === 0) return;
    const scene = sceneNow();
    const { apply } = useDocument.getState();
    const move = moveParts(
      scene.component,
      withPlaces(scene, Object.fromEntries(places)),
      Object.fromEntries(notes),
    );
    const links = name && dropWire ? linksInto(scene, scene.ports, name, dropWire) : undefined;
    if (!links || !dropWire) apply(move);
    else
      apply({
        label: `Put ${name} into a connection`,
        apply: (document) =>
          addLinks(scene.component, links, [dropWire], manyOf(links, scene.ports)).apply(
            move.apply(document),
          ),
      });
  }, []);

  return { moved, onMoves, onDrag, onDragStop };
}

function moveNote(notes: Map<string, Annotation['place']>, id: string, x: number, y: number): void {
  const known = sceneNow().body.annotations?.find((note) => note.id === id);
  if (known) notes.set(id, [Math.round(x), Math.round(y), known.place[2], known.place[3]]);
}

/** The one node that is moved, if it is connected to nothing yet. */
function loneNode({ places, notes }: Moved): string | undefined {
  const [name] = places.keys();
  if (places.size !== 1 || notes.size || name === undefined) return undefined;
  const isConnected = connectionsOf(sceneNow().body).some(
    (item) => endOf(item.from).node === name || endOf(item.to).node === name,
  );
  return isConnected ? undefined : name;
}
