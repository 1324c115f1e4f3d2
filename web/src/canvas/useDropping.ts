/** What is dropped on the canvas: nodes of the palette, files; and double-clicks that ask for one. */

import { type DragEvent, type MouseEvent, useEffect, useMemo } from 'react';
import { addAtScreen, addNode, linksInto } from '../actions/add_node';
import { openQuickAdd } from '../actions/quick_add';
import { replaceByType } from '../actions/replace';
import { takeFiles } from '../actions/take_files';
import { bringIntoView } from '../actions/walk';
import { nameOf } from '../model/document';
import type { Ports } from '../model/graph';
import { takeNodes } from '../panels/palette/adding';
import { useCatalogue } from '../store/catalogue';
import { sceneNow } from '../store/scene';
import { focusCanvas } from './focus';
import { cardAt, wireAt } from './instance';
import { showDrop } from './pulling';

export function useDropping() {
  useEffect(
    () =>
      takeNodes({
        addToCentre: (type) => {
          const path = addNode({ type });
          // the focus stays in the palette, for the next one
          if (path !== undefined) requestAnimationFrame(() => bringIntoView(nameOf(path), true));
        },
        addAt: (type, x, y) => {
          showDrop(null, null);
          if (!isOnCanvas(x, y)) return;
          const card = cardAt(x, y);
          if (card) replaceByType(type, card);
          else addAtScreen(type, x, y, fittingWire(type, x, y));
          focusCanvas();
        },
        hover: (type, x, y) => {
          const card = type ? cardAt(x, y) : undefined;
          const wire = type && !card ? fittingWire(type, x, y) : undefined;
          showDrop(wire ?? null, card ?? null);
        },
      }),
    [],
  );

  return useMemo(
    () => ({
      onDragOver: (event: DragEvent) => {
        if (!event.dataTransfer.types.includes('Files')) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = 'copy';
      },
      onDrop: (event: DragEvent) => {
        if (!event.dataTransfer.files.length) return;
        event.preventDefault();
        void takeFiles([...event.dataTransfer.files], event.clientX, event.clientY);
      },
      onDoubleClick: (event: MouseEvent) => {
        const target = event.target as Element;
        if (target.classList.contains('react-flow__pane'))
          openQuickAdd(event.clientX, event.clientY);
      },
    }),
    [],
  );
}

const isOnCanvas = (x: number, y: number): boolean =>
  Boolean(document.elementFromPoint(x, y)?.closest('.fe-canvas'));

/** The connection at a point that a node of the type can be put into. */
function fittingWire(type: string, x: number, y: number): string | undefined {
  const wire = wireAt(x, y);
  const info = useCatalogue.getState().infos.get(type);
  if (wire === undefined || !info) return undefined;
  const own: Ports = { inputs: [...info.inputs], outputs: [...info.outputs] };
  const scene = sceneNow();
  // '' can be no node's name
  return linksInto(scene, new Map(scene.ports).set('', own), '', wire) ? wire : undefined;
}
