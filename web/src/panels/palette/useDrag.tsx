import {
  type ReactNode,
  type PointerEvent as ReactPointerEvent,
  useEffect,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import type { NodeInfo } from '../../model/wire';
import { PackIcon } from '../../parts/PackIcon';
import { packOf } from '../../store/catalogue';
import { addAtPointer, hoverAt } from './adding';

interface Drag {
  info: NodeInfo;
  x: number;
  y: number;
  from: [number, number];
  moved: boolean;
}

/** A press that moves so many pixels is a drag and no click. */
const SLACK = 4;

/** Drag a node type out of the palette by pointer, with mouse, pen and finger alike. */
export function useDrag(onStart: () => void): {
  startDrag: (info: NodeInfo, event: ReactPointerEvent<HTMLElement>) => void;
  ghost: ReactNode;
} {
  const [drag, setDrag] = useState<Drag | null>(null);
  const latest = useRef<Drag | null>(null);
  const begun = useRef(onStart);
  begun.current = onStart;
  latest.current = drag;
  const isPressed = drag !== null;

  useEffect(() => {
    if (!isPressed) return;
    function move(event: PointerEvent): void {
      const known = latest.current;
      if (!known) return;
      const [x, y] = [event.clientX, event.clientY];
      const moved = known.moved || Math.hypot(x - known.from[0], y - known.from[1]) > SLACK;
      if (moved && !known.moved) begun.current();
      if (moved) hoverAt(known.info.type, x, y);
      setDrag({ ...known, x, y, moved });
    }
    function drop(event: PointerEvent): void {
      const known = latest.current;
      end();
      if (known?.moved) addAtPointer(known.info.type, event.clientX, event.clientY);
    }
    function key(event: KeyboardEvent): void {
      if (event.key !== 'Escape') return;
      event.stopPropagation();
      end();
    }
    function end(): void {
      hoverAt(null, 0, 0);
      setDrag(null);
    }
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', drop);
    window.addEventListener('pointercancel', end);
    window.addEventListener('keydown', key, true);
    return () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', drop);
      window.removeEventListener('pointercancel', end);
      window.removeEventListener('keydown', key, true);
    };
  }, [isPressed]);

  return {
    startDrag: (info, event) => {
      if (event.button !== 0) return;
      // a finger would keep all further events on the row
      if (event.currentTarget.hasPointerCapture(event.pointerId))
        event.currentTarget.releasePointerCapture(event.pointerId);
      const { clientX: x, clientY: y } = event;
      setDrag({ info, x, y, from: [x, y], moved: false });
    },
    ghost: drag?.moved ? <Ghost {...drag} /> : null,
  };
}

function Ghost({ info, x, y }: Drag) {
  return createPortal(
    <div aria-hidden="true" className="fe-ghost" style={{ translate: `${x}px ${y}px` }}>
      <PackIcon pack={packOf(info.type)} size={20} />
      {info.title}
    </div>,
    document.body,
  );
}
