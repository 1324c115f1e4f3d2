/** A workflow or component that opens is seen as a whole, if it can be read so. */

import type { ReactFlowInstance } from '@xyflow/react';
import { useRef } from 'react';
import { openingView } from '../model/opening';
import { boxesOf, sceneNow } from '../store/scene';
import { stage } from './instance';
import type { CanvasEdge, CanvasNode } from './items';

export function useStart(): (flow: ReactFlowInstance<CanvasNode, CanvasEdge>) => void {
  const done = useRef(false);
  return (flow) => {
    if (done.current) return;
    done.current = true;
    const boxes = boxesOf(sceneNow());
    const box = stage();
    if (boxes.length && box) void flow.setViewport(openingView(boxes, box));
  };
}
