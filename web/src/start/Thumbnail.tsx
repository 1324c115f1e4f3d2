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
      {sketch.wires.map(([x1, y1, x2, y2], index) => {
        const bend = Math.max(24, Math.abs(x2 - x1) / 2);
        return (
          <path
            d={`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2} ${y2}`}
            key={index}
            strokeWidth={view.line}
          />
        );
      })}
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
