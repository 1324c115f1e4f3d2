import { type KeyboardEvent, type PointerEvent, useRef } from 'react';
import './Splitter.css';

interface SplitterProps {
  label: string;
  /** Which way the panel grows that is being sized. */
  grows: 'left' | 'right' | 'up';
  size: number;
  smallest: number;
  largest: number;
  onSize(size: number): void;
  onCollapse?(): void;
}

const STEP = 16;

/** A line between panels, moved with pointer or arrow keys; a double-click folds the panel. */
export function Splitter(props: SplitterProps) {
  const { label, grows, size, smallest, largest, onSize, onCollapse } = props;
  const start = useRef<{ at: number; size: number } | null>(null);
  const sideways = grows !== 'up';
  const sign = grows === 'right' ? 1 : -1;
  const set = (value: number) =>
    onSize(Math.round(Math.max(smallest, Math.min(value, Math.max(smallest, largest)))));

  const position = (event: PointerEvent) => (sideways ? event.clientX : event.clientY);
  const onKeyDown = (event: KeyboardEvent) => {
    const more = grows === 'right' ? 'ArrowRight' : grows === 'left' ? 'ArrowLeft' : 'ArrowUp';
    const less = grows === 'right' ? 'ArrowLeft' : grows === 'left' ? 'ArrowRight' : 'ArrowDown';
    if (event.key === more) set(size + STEP);
    else if (event.key === less) set(size - STEP);
    else if (event.key === 'Enter') onCollapse?.();
    else return;
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <div
      className={`fe-splitter ${sideways ? 'fe-splitter-sideways' : 'fe-splitter-upright'}`}
      role="separator"
      tabIndex={0}
      aria-label={label}
      aria-orientation={sideways ? 'vertical' : 'horizontal'}
      aria-valuenow={size}
      aria-valuemin={smallest}
      aria-valuemax={Math.max(smallest, largest)}
      onKeyDown={onKeyDown}
      onDoubleClick={onCollapse}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { at: position(event), size };
      }}
      onPointerMove={(event) => {
        if (start.current) set(start.current.size + sign * (position(event) - start.current.at));
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onPointerCancel={() => {
        start.current = null;
      }}
    />
  );
}
