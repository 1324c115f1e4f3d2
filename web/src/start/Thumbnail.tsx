import { wayOf } from '../model/routing';
import type { Sketch } from '../model/wire';
import { tintOf } from '../parts/tint';
import { fitted } from './fitting';

/** A workflow in small: its nodes in their packs' tints, and its wires. */
export function Thumbnail({ sketch }: { sketch: Sketch }) {
  const view = fitted(sketch);
  return (
    <svg
      aria-hidden="true"
      className="fe-start-thumbnail"
      preserveAspectRatio="xMidYMid meet"
      viewBox={view.box}
    >
      {sketch.wires.map(([x1, y1, x2, y2], index) => (
        <path d={wayOf([x1, y1], [x2, y2], undefined).path} key={index} strokeWidth={view.line} />
      ))}
      {sketch.nodes.map(([x, y, pack], index) => (
        <rect
          height={view.height}
          key={index}
          rx={view.height / 6}
          style={{ color: tintOf(pack) }}
          width={view.width}
          x={x}
          y={y - (view.height - view.node) / 2}
        />
      ))}
    </svg>
  );
}
