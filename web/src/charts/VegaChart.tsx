import { type RefObject, useEffect, useRef, useState } from 'react';
import type { View } from 'vega';
import { useSize } from '../panels/results/useSize';
import { sentenceOf } from '../store/server';
import { useView } from '../store/view';
import { inTheme } from './in_theme';
import { variable } from './palette';
import { drawable, type Row, type Specification } from './specification';
import { datumOf, makeView, tooltipLines } from './vega';
import { vegaConfig } from './vega_theme';
import './vega-chart.css';

interface Props {
  specification: Specification;
  rows: readonly Row[];
  /** What the chart shows, in words. */
  label: string;
  /** Given: marks can be clicked. */
  onMark?: (row: Row) => void;
  /** Where the view is put, for whoever saves it as a picture. */
  view: RefObject<View | null>;
}

interface Tip {
  x: number;
  y: number;
  lines: [string, string][];
}

/** A chart drawn by Vega, in the colours of the theme and as large as there is room. */
export default function VegaChart({ specification, rows, label, onMark, view }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLDivElement>(null);
  const [tip, setTip] = useState<Tip | null>(null);
  const [fault, setFault] = useState('');
  const { width, height } = useSize(frame);
  const theme = useView((state) => state.theme);
  const click = useRef(onMark);
  click.current = onMark;
  const [room, setRoom] = useState({ width: 0, height: 0 });
  useEffect(() => {
    // While somebody drags the panel's edge nothing is drawn anew.
    const timer = window.setTimeout(() => setRoom({ width, height }), 80);
    return () => window.clearTimeout(timer);
  }, [width, height]);

  useEffect(() => {
    if (!canvas.current || room.width < 60 || room.height < 40) return;
    const inside = { width: room.width - 32, height: room.height - 20 };
    let made: View | null = null;
    try {
      const full = inTheme(drawable(specification, rows, inside), theme, variable('--fe-text'));
      made = makeView(full, vegaConfig(theme), canvas.current, (_, event, __, value) => {
        setTip(value ? { ...at(event, frame.current), lines: tooltipLines(value) } : null);
      });
      made.addEventListener('click', (_, item) => {
        const datum = datumOf(item);
        if (datum) click.current?.(datum);
      });
      view.current = made;
      setFault('');
      made.runAsync().catch((error: unknown) => setFault(sentenceOf(error)));
    } catch (error) {
      setFault(sentenceOf(error));
    }
    return () => {
      view.current = null;
      setTip(null);
      made?.finalize();
    };
  }, [specification, rows, theme, room, view]);

  return (
    <div className="fe-vega" data-clickable={onMark !== undefined} ref={frame}>
      {fault && <p role="alert">This chart cannot be drawn: {fault}</p>}
      <div className="fe-vega-canvas" role="img" aria-label={label} ref={canvas} />
      {tip && (
        <dl className="fe-vega-tip" style={{ left: tip.x, top: tip.y }}>
          {tip.lines.map(([name, value]) => (
            <div key={name}>
              {name && <dt>{name}</dt>}
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      )}
    </div>
  );
}

/** Return where a tooltip goes: beside the pointer, inside the frame. */
function at(event: MouseEvent, frame: HTMLElement | null): { x: number; y: number } {
  if (!frame) return { x: 0, y: 0 };
  const box = frame.getBoundingClientRect();
  const x = event.clientX - box.left + frame.scrollLeft + 14;
  const y = event.clientY - box.top + frame.scrollTop + 14;
  return {
    x: Math.min(x, frame.scrollLeft + box.width - 180),
    y: Math.max(0, Math.min(y, frame.scrollTop + box.height - 90)),
  };
}
