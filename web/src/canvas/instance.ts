/** The canvas that is open, for actions outside of it. */

import type { ReactFlowInstance } from '@xyflow/react';
import type { Place } from '../model/document';
import type { CanvasEdge, CanvasNode } from './items';

type Flow = ReactFlowInstance<CanvasNode, CanvasEdge>;

let flow: Flow | null = null;

/** How long the view takes to move; people may ask for no motion. */
export const motion = (): number =>
  window.matchMedia('(prefers-reduced-motion: reduce)').matches ? 0 : 200;

export const setFlow = (instance: Flow | null): void => {
  flow = instance;
};

export const flowNow = (): Flow | null => flow;

/** As far from the edges as a workflow opens; below are the tools of the canvas. */
const PADDING = { top: '32px', left: '32px', right: '32px', bottom: '56px' } as const;

/** Bring nodes into view, or all where none is named. */
export function show(nodes?: { id: string }[]): void {
  void flow?.fitView({ duration: motion(), padding: PADDING, maxZoom: 1, nodes });
}

/** A point of the screen as a place on the canvas. */
export function placeAt(x: number, y: number): Place {
  const point = flow?.screenToFlowPosition({ x, y }) ?? { x: 0, y: 0 };
  return [point.x, point.y];
}

export function screenAt(place: Place): [number, number] {
  const point = flow?.flowToScreenPosition({ x: place[0], y: place[1] }) ?? { x: 0, y: 0 };
  return [point.x, point.y];
}

export const stage = (): DOMRect | undefined =>
  document.querySelector('.fe-stage')?.getBoundingClientRect();

let point: [number, number] | null = null;

/** Where on the screen the menu was opened whose command is performed. */
export const pointed = (): [number, number] | null => point;

/** Perform a command of a menu: what it makes goes to where the menu was opened. */
export function performAt(x: number, y: number, perform: () => void): void {
  point = [x, y];
  perform();
  point = null;
}

/** The place that is pointed at, else that in the middle of what is seen. */
export function centre(): Place {
  if (point) return placeAt(...point);
  const box = stage();
  return box ? placeAt(box.x + box.width / 2, box.y + box.height / 2) : [0, 0];
}

/** The connection that is drawn at a point of the screen, by its key. */
export function wireAt(x: number, y: number): string | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const id = element.closest('.react-flow__edge')?.getAttribute('data-id');
    if (id) return id;
  }
  return undefined;
}

/** The card that is drawn at a point of the screen, by its name; `but` is looked through. */
export function cardAt(x: number, y: number, but?: string): string | undefined {
  for (const element of document.elementsFromPoint(x, y)) {
    const id = element.closest('.react-flow__node-card')?.getAttribute('data-id');
    if (id && id !== but) return id;
  }
  return undefined;
}
