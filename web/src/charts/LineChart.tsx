import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useSize } from '../panels/results/useSize';
import { useView } from '../store/view';
import { type LineStyle, lineOptions } from './lines';
import './line-chart.css';

interface Props extends Omit<LineStyle, 'onCursor'> {
  /** Steps, and for each curve its values. */
  data: readonly (readonly (number | null)[])[];
  /** What the chart shows, in words. */
  label: string;
  onCursor?: (index: number | null) => void;
}

/** Curves over steps, drawn anew within a frame as points come in. */
export function LineChart({ data, label, onCursor, ...style }: Props) {
  const frame = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const latest = useRef({ data, onCursor, style });
  latest.current = { data, onCursor, style };
  const { width, height } = useSize(frame);
  const theme = useView((state) => state.theme);
  const look = JSON.stringify([style.strokes, style.isLog, style.isWhole, style.sync, theme]);
  const hasRoom = width > 40 && height > 40;

  useEffect(() => {
    if (!frame.current || !hasRoom || !look) return;
    const options = lineOptions(
      {
        ...latest.current.style,
        formatX: (value) => latest.current.style.formatX(value),
        formatY: (value) => latest.current.style.formatY(value),
        onCursor: (index) => latest.current.onCursor?.(index),
      },
      frame.current.clientWidth,
      frame.current.clientHeight,
    );
    const made = new uPlot(options, latest.current.data as uPlot.AlignedData, frame.current);
    plot.current = made;
    return () => {
      plot.current = null;
      made.destroy();
    };
  }, [look, hasRoom]);

  useEffect(() => {
    if (hasRoom) plot.current?.setSize({ width, height });
  }, [width, height, hasRoom]);

  useEffect(() => {
    // Whoever has zoomed in keeps looking at the same part.
    plot.current?.setData(data as uPlot.AlignedData, !isZoomed(plot.current));
  }, [data]);

  return <div className="fe-line-chart" role="img" aria-label={label} ref={frame} />;
}

function isZoomed(plot: uPlot): boolean {
  const { min, max } = plot.scales.x;
  const steps = plot.data[0];
  if (min === undefined || max === undefined || steps.length < 2) return false;
  return min > steps[0] || max < steps[steps.length - 1];
}
