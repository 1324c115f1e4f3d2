/** What is seen when a workflow opens: all of it, but never too small. */

import type { ReactFlowInstance } from '@xyflow/react';
import { useRef } from 'react';
import { HEIGHT, WIDTH } from '../model/geometry';
import { sceneNow } from '../store/scene';
import type { CanvasEdge, CanvasNode } from './items';

/** Smaller than this, titles could not be read. */
const SMALLEST = 0.55;

export function useStart(): (flow: ReactFlowInstance<CanvasNode, CanvasEdge>) => void {
  const done = useRef(false);
  return (flow) => {
    if (done.current) return;
    done.current = true;
    showAll(flow);
  };
}

/** Show everything; where that would be too small, the left end at a size that can be read. */
function showAll(flow: ReactFlowInstance<CanvasNode, CanvasEdge>): void {
  const places = [...sceneNow().places.values()];
  const box = document.querySelector('.fe-stage')?.getBoundingClientRect();
  if (!places.length || !box) return;
  const [left, right] = range(
    places.map(([x]) => x),
    WIDTH,
  );
  const [top, bottom] = range(
    places.map(([, y]) => y),
    HEIGHT,
  );
  const margin = 48;
  const fit = Math.min(
    (box.width - 2 * margin) / (right - left),
    (box.height - 2 * margin) / (bottom - top),
  );
  const zoom = Math.min(1, Math.max(SMALLEST, fit));
  const spare = box.width - (right - left) * zoom;
  void flow.setViewport({
    zoom,
    x: (spare > 2 * margin ? spare / 2 : margin) - left * zoom,
    y: box.height / 2 - ((top + bottom) / 2) * zoom,
  });
}

function range(values: number[], size: number): [number, number] {
  return [Math.min(...values), Math.max(...values) + size];
}
