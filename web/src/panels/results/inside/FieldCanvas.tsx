import { type PointerEvent, useEffect, useRef } from 'react';
import { painted, type Scale } from './colour';
import type { Field } from './values';

interface Props {
  field: Field;
  scale: Scale;
  width: number;
  height: number;
  /** What it shows, in words. */
  label: string;
  /** Told which value is under the pointer. */
  onPoint: (at: { x: number; y: number; value: number } | null) => void;
}

/** Values as coloured fields, each as large as there is room for it. */
export function FieldCanvas({ field, scale, width, height, label, onPoint }: Props) {
  const canvas = useRef<HTMLCanvasElement>(null);
  useEffect(() => {
    const context = canvas.current?.getContext('2d');
    if (!context) return;
    const values: number[] = [];
    for (let y = 0; y < field.height; y++) {
      for (let x = 0; x < field.width; x++) values.push(field.at(x, y));
    }
    context.putImageData(new ImageData(painted(values, scale), field.width, field.height), 0, 0);
  }, [field, scale]);
  const onMove = (event: PointerEvent<HTMLCanvasElement>) => {
    const box = event.currentTarget.getBoundingClientRect();
    const x = Math.floor(((event.clientX - box.left) / box.width) * field.width);
    const y = Math.floor(((event.clientY - box.top) / box.height) * field.height);
    if (x < 0 || y < 0 || x >= field.width || y >= field.height) onPoint(null);
    else onPoint({ x, y, value: field.at(x, y) });
  };
  return (
    <canvas
      className="fe-field"
      ref={canvas}
      role="img"
      aria-label={label}
      width={field.width}
      height={field.height}
      style={{ width, height }}
      onPointerMove={onMove}
      onPointerLeave={() => onPoint(null)}
    />
  );
}
