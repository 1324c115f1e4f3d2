import { useStore, ViewportPortal } from '@xyflow/react';
import { memo, useMemo } from 'react';
import { useCatalogue } from '../store/catalogue';
import { type FarDrawing, linesOf } from './far_wires';
import { colourOf } from './PortMark';
import './Wire.css';

/** As wide as this on the screen, however far away. */
const WIDTH = 1.2;

/** Many wires from far away: one line for each type, as a thousand elements would hold a move up. */
export const FarWires = memo(function FarWires({ scene, edges, moved, infos }: FarDrawing) {
  const types = useCatalogue((state) => state.portTypes);
  const zoom = useStore(({ transform }) => transform[2]);
  const lines = useMemo(() => {
    const found = new Map<string, string>();
    for (const { type, path } of linesOf({ scene, edges, moved, infos }))
      found.set(type, (found.get(type) ?? '') + path);
    return [...found];
  }, [scene, edges, moved, infos]);
  return (
    <ViewportPortal>
      <svg className="fe-far-wires" aria-hidden="true" strokeWidth={WIDTH / zoom}>
        {lines.map(([type, path]) => (
          <path key={type} d={path} style={{ stroke: colourOf(type, types.get(type)?.colour) }} />
        ))}
      </svg>
    </ViewportPortal>
  );
});
