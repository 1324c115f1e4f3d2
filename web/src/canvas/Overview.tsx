import { MiniMap, type ReactFlowState, useStore } from '@xyflow/react';
import { useCallback, useMemo } from 'react';
import { type Extent, extentOf, isWithin } from '../model/extent';
import { boxesOf, useScene } from '../store/scene';
import { useView } from '../store/view';

/** From so many nodes on it costs more than it helps. */
const MANY = 1500;

/** All in small, in the corner; where all is seen anyway, it would only cover ports. */
export function Overview() {
  const isWanted = useView((view) => view.minimap);
  const scene = useScene();
  const extent = useMemo(() => extentOf(boxesOf(scene)), [scene]);
  const isCut = useStore(
    useCallback((state: ReactFlowState) => !isWithin(extent, seenIn(state)), [extent]),
  );
  if (!isWanted || !isCut || scene.places.size > MANY) return null;
  return (
    <MiniMap
      pannable
      zoomable
      ariaLabel="Overview"
      nodeBorderRadius={6}
      nodeClassName={(node) => `fe-mini-${node.type}`}
    />
  );
}

/** The part of the canvas that is seen. */
function seenIn({ transform: [x, y, zoom], width, height }: ReactFlowState): Extent {
  return {
    left: -x / zoom,
    top: -y / zoom,
    right: (width - x) / zoom,
    bottom: (height - y) / zoom,
  };
}
