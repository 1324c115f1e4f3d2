import { MiniMap, type ReactFlowState, useStore, useStoreApi } from '@xyflow/react';
import { useCallback, useEffect, useMemo, useState } from 'react';
import { type Corner, type Extent, emptiestCorner, extentOf, isWithin } from '../model/extent';
import { boxesOf, sceneNow, useScene } from '../store/scene';
import { useView } from '../store/view';
import { usePulling } from './pulling';

/** From so many nodes on it costs more than it helps. */
const MANY = 1500;

/** How much of the canvas it covers in its corner, with the room around it. */
const SIZE = { width: 184, height: 128 };

/** All in small, in a corner; where all is seen anyway, it would only cover ports. */
export function Overview() {
  const isWanted = useView((view) => view.minimap);
  const isPulling = usePulling(({ pull }) => pull !== null);
  const scene = useScene();
  const extent = useMemo(() => extentOf(boxesOf(scene)), [scene]);
  const isCut = useStore(
    useCallback((state: ReactFlowState) => !isWithin(extent, seenIn(state)), [extent]),
  );
  const corner = useCorner(isCut);
  // a wire may be on its way to a port below it
  if (!isWanted || !isCut || isPulling || scene.places.size > MANY) return null;
  return (
    <MiniMap
      pannable
      zoomable
      position={corner}
      ariaLabel="Overview"
      nodeBorderRadius={6}
      nodeClassName={(node) => `fe-mini-${node.type}`}
    />
  );
}

/** The corner where it covers no card when it comes; there it stays, whatever is moved below it. */
function useCorner(isCut: boolean): Corner {
  const store = useStoreApi();
  const size = useStore((state) => `${state.width}×${state.height}`);
  const [corner, setCorner] = useState<Corner>('bottom-right');
  useEffect(() => {
    if (!isCut || !size) return;
    // when it is opened, what is seen at first comes a moment later
    const frame = requestAnimationFrame(() => {
      const state = store.getState();
      const zoom = state.transform[2];
      const covered = { width: SIZE.width / zoom, height: SIZE.height / zoom };
      setCorner(emptiestCorner(boxesOf(sceneNow()), seenIn(state), covered));
    });
    return () => cancelAnimationFrame(frame);
  }, [store, size, isCut]);
  return corner;
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
