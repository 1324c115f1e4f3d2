import type uPlot from 'uplot';
import { variable } from './palette';

/** How a curve is drawn. */
export interface Stroke {
  colour: string;
  width: number;
  dash?: number[];
  /** Draw a dot at each point. */
  dots?: boolean;
}

export interface LineStyle {
  strokes: readonly Stroke[];
  isLog: boolean;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
  /** Charts of one name move their cursors together. */
  sync: string;
  /** Tells the place in the data under the pointer. */
  onCursor: (index: number | null) => void;
}

/** Return what uPlot needs to draw curves in the colours of the theme. */
export function lineOptions(style: LineStyle, width: number, height: number): uPlot.Options {
  const line = variable('--fe-line');
  const axis: uPlot.Axis = {
    stroke: variable('--fe-text-soft'),
    font: `11px ${variable('--fe-font')}`,
    grid: { stroke: line, width: 1 },
    ticks: { show: false },
    gap: 6,
  };
  return {
    width,
    height,
    pxAlign: 0,
    legend: { show: false },
    padding: [8, 12, 0, 4],
    cursor: {
      sync: { key: style.sync },
      points: { size: 6 },
      drag: { x: true, y: false },
    },
    scales: { x: { time: false }, y: style.isLog ? { distr: 3 } : {} },
    axes: [
      { ...axis, size: 26, space: 44, values: (_, splits) => splits.map(style.formatX) },
      {
        ...axis,
        size: 52,
        space: 32,
        values: (_, splits) => splits.map((value) => (value === null ? '' : style.formatY(value))),
      },
    ],
    series: [{}, ...style.strokes.map(series)],
    hooks: { setCursor: [(plot) => style.onCursor(plot.cursor.idx ?? null)] },
  };
}

function series(stroke: Stroke): uPlot.Series {
  return {
    stroke: stroke.colour,
    width: stroke.width,
    dash: stroke.dash,
    spanGaps: true,
    points: stroke.dots
      ? { show: true, size: 6, fill: stroke.colour, stroke: stroke.colour }
      : { show: false },
  };
}
