import {
  cloneElement,
  type ReactElement,
  type ReactNode,
  useEffect,
  useId,
  useRef,
  useState,
} from 'react';
import { createPortal } from 'react-dom';
import { placed } from './placing';
import './Tooltip.css';

interface TooltipProps {
  text: string;
  shortcut?: string;
  /** What stands below the text; the pointer can go there, to a button. */
  more?: ReactNode;
  /** The one element the tooltip belongs to. */
  children: ReactElement<Record<string, unknown>>;
}

const DELAY = 450;
/** How long it stays when the pointer is on its way into it. */
const LINGER = 200;

/** A sentence near an element, while the pointer rests on it or the keyboard is at it. */
export function Tooltip({ text, shortcut, more, children }: TooltipProps) {
  const [anchor, setAnchor] = useState<DOMRect | null>(null);
  const timer = useRef(0);
  const id = useId();

  const show = (element: Element, delay: number) => {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(() => setAnchor(element.getBoundingClientRect()), delay);
  };
  const hide = () => {
    window.clearTimeout(timer.current);
    setAnchor(null);
  };
  const leave = () => {
    if (!more) return hide();
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(hide, LINGER);
  };
  useEffect(() => () => window.clearTimeout(timer.current), []);
  useEffect(() => {
    if (!anchor) return;
    const onKey = (event: KeyboardEvent) => event.key === 'Escape' && setAnchor(null);
    window.addEventListener('keydown', onKey);
    return () => window.removeEventListener('keydown', onKey);
  }, [anchor]);

  if (!text) return children;
  return (
    <>
      {cloneElement(children, {
        onPointerEnter: (event: React.PointerEvent) => show(event.currentTarget, DELAY),
        onPointerLeave: leave,
        onPointerDown: hide,
        onFocus: (event: React.FocusEvent) => {
          if (event.currentTarget.matches(':focus-visible')) show(event.currentTarget, 0);
        },
        onBlur: hide,
        'aria-describedby': anchor ? id : undefined,
      })}
      {anchor &&
        createPortal(
          <div
            id={id}
            role="tooltip"
            className={more ? 'fe-tooltip fe-tooltip-open' : 'fe-tooltip'}
            onPointerEnter={() => window.clearTimeout(timer.current)}
            onPointerLeave={leave}
            ref={(element) => placed(element, anchor)}
          >
            {text}
            {shortcut && <kbd>{shortcut}</kbd>}
            {more}
          </div>,
          document.body,
        )}
    </>
  );
}
