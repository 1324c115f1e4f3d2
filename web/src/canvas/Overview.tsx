import { MiniMap, useStore } from '@xyflow/react';
import { boxesOf, useScene } from '../store/scene';
import { useView } from '../store/view';

/** From so many nodes on it costs more than it helps. */
const MANY = 1500;

/** All in small, in the corner; where all is seen anyway, it is not there. */
export function Overview() {
  const isWanted = useView((view) => view.minimap);
  const scene = useScene();
  const count = scene.places.size;
  const isCut = useStore(({ transform: [x, y, zoom], width, height }) =>
    boxesOf(scene).some(
      (box) =>
        box.x * zoom + x < 0 ||
        box.y * zoom + y < 0 ||
        (box.x + box.width) * zoom + x > width ||
        (box.y + box.height) * zoom + y > height,
    ),
  );
  if (!isWanted || !isCut || count > MANY) return null;
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
