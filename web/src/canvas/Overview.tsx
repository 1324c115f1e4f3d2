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

/** After so many milliseconds what is seen at first stands. */
const SETTLED = 300;

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
  if (!isWanted || !isCut || isPulling || !corner || scene.places.size > MANY) return null;
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

interface Stand {
  corner: Corner;
  isFree: boolean;
  /** How the canvas stood then. */
  at: string;
}

/**
 * The corner where it covers no card when it comes; there it stays, whatever is moved below it.
 * Where cards stand in all of them it comes when the canvas is moved.
 */
function useCorner(isCut: boolean): Corner | null {
  const store = useStoreApi();
  const size = useStore((state) => `${state.width}×${state.height}`);
  const [stand, setStand] = useState<Stand | null>(null);
  useEffect(() => {
    if (!isCut || !size) return;
    // when it is opened, what is seen at first comes a moment later
    const timer = window.setTimeout(() => {
      const state = store.getState();
      const zoom = state.transform[2];
      const room = { width: SIZE.width / zoom, height: SIZE.height / zoom };
      const { corner, covered } = emptiestCorner(boxesOf(sceneNow()), seenIn(state), room);
      setStand({ corner, isFree: covered === 0, at: String(state.transform) });
    }, SETTLED);
    return () => window.clearTimeout(timer);
  }, [store, size, isCut]);
  const isMoved = useStore((state) => stand !== null && String(state.transform) !== stand.at);
  return stand && (stand.isFree || isMoved) ? stand.corner : null;
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
