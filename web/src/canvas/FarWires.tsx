import { useStore, ViewportPortal } from '@xyflow/react';
import { memo, useMemo } from 'react';
import { portPlace } from '../model/lanes';
import { wayOf } from '../model/routing';
import { useCatalogue } from '../store/catalogue';
import type { Scene } from '../store/scene';
import type { CanvasEdge, Moved } from './items';
import { colourOf } from './PortMark';
import { portOf } from './pulling';
import './Wire.css';

/** As wide as this on the screen, however far away. */
const WIDTH = 1.2;

interface Props {
  scene: Scene;
  edges: readonly CanvasEdge[];
  moved: Moved;
}

/** Many wires from far away: one line for each type, as a thousand elements would hold a move up. */
export const FarWires = memo(function FarWires({ scene, edges, moved }: Props) {
  const infos = useCatalogue((state) => state.infos);
  const types = useCatalogue((state) => state.portTypes);
  const zoom = useStore(({ transform }) => transform[2]);
  const lines = useMemo(() => {
    const places = new Map([...scene.places, ...moved.places]);
    const drawing = { ...scene, infos, places };
    const found = new Map<string, string[]>();
    for (const { source, sourceHandle, target, targetHandle, data } of edges) {
      const from = portPlace(drawing, `${source}.${portOf(sourceHandle)}`, 'outputs');
      const to = portPlace(drawing, `${target}.${portOf(targetHandle)}`, 'inputs');
      if (!from || !to || !data) continue;
      const line = found.get(data.type) ?? [];
      line.push(wayOf(from, to, data.lane).path);
      found.set(data.type, line);
    }
    return [...found];
  }, [scene, edges, moved, infos]);
  return (
    <ViewportPortal>
      <svg className="fe-far-wires" aria-hidden="true" strokeWidth={WIDTH / zoom}>
        {lines.map(([type, paths]) => (
          <path
            key={type}
            d={paths.join('')}
            style={{ stroke: colourOf(type, types.get(type)?.colour) }}
          />
        ))}
      </svg>
    </ViewportPortal>
  );
});
