import { BaseEdge, EdgeLabelRenderer, type EdgeProps } from '@xyflow/react';
import { memo } from 'react';
import { wayOf } from '../model/routing';
import { usePortType } from '../store/catalogue';
import { usePort } from '../store/report';
import { useDetail } from './far';
import type { CanvasEdge } from './items';
import { colourOf } from './PortMark';
import { usePulling } from './pulling';
import './Wire.css';

const CHIP_HEIGHT = 18;

/** A wire in the colour of its type, with a chip that says what flows. */
export const Wire = memo(function Wire(props: EdgeProps<CanvasEdge>) {
  const { id, data, selected, sourceX, sourceY, targetX, targetY } = props;
  const type = usePortType(data?.type ?? '');
  const text = usePort(data?.path ?? '', data?.port ?? '')?.text ?? '';
  const isFar = useDetail() === 'far';
  const isTarget = usePulling((state) => state.dropWire === id);
  const way = wayOf([sourceX, sourceY], [targetX, targetY], data?.lane);
  const [middleX, middleY] = way.middle;
  const colour = colourOf(data?.type ?? '', type?.colour);
  const look = `${selected ? ' fe-wire-chosen' : ''}${isTarget ? ' fe-wire-target' : ''}`;
  // between cards that stand close a chip has no room; it goes below the wire
  const isTight = targetX - sourceX < text.length * 5.6 + 6 && data?.lane === undefined;
  const y = isTight && Math.abs(targetY - sourceY) < 40 ? middleY + CHIP_HEIGHT + 18 : middleY;
  return (
    <>
      <BaseEdge
        id={id}
        path={way.path}
        className={`fe-wire${look}`}
        style={{ stroke: colour }}
        // from far away it is as thin as the wire itself
        interactionWidth={isFar ? 0 : 16}
      />
      {text && !isFar && data?.isFirst && (
        <EdgeLabelRenderer>
          <span
            className="fe-chip"
            style={{ transform: `translate(-50%, -50%) translate(${middleX}px, ${y}px)` }}
          >
            {text}
          </span>
        </EdgeLabelRenderer>
      )}
    </>
  );
});
