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
  /** Begin at 0 and end at a whole number: epochs. */
  isWhole?: boolean;
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
    padding: [8, 12, 0, 0],
    cursor: {
      sync: { key: style.sync },
      points: { size: 6 },
      drag: { x: true, y: false },
    },
    scales: {
      x: { time: false, range: style.isWhole ? wholeRange : undefined },
      y: style.isLog ? { distr: 3 } : {},
    },
    axes: [
      {
        ...axis,
        size: 26,
        space: 44,
        incrs: style.isWhole ? wholeSteps : undefined,
        values: (_, splits) => splits.map(style.formatX),
      },
      {
        ...axis,
        size: 46,
        space: 32,
        values: (_, splits) => splits.map((value) => (value === null ? '' : style.formatY(value))),
      },
    ],
    series: [{}, ...style.strokes.map(series)],
    hooks: { setCursor: [(plot) => style.onCursor(plot.cursor.idx ?? null)] },
  };
}

/** Return where an axis begins and ends; a part that somebody zoomed into stays that part. */
export function wholeRange(plot: uPlot, min: number, max: number): uPlot.Range.MinMax {
  const steps = plot.data[0];
  const isAll = steps.length > 0 && min <= steps[0] && max >= steps[steps.length - 1];
  return isAll ? [0, Math.max(1, Math.ceil(max - 1e-6))] : [min, max];
}

const DECADES = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
const WHOLE = DECADES.flatMap((decade) => [decade, 2 * decade, 5 * decade]);

/** Return the distances that ticks may have: parts of an epoch only where less than one is seen. */
export function wholeSteps(_: uPlot, __: number, min: number, max: number): number[] {
  return max - min < 1 ? [0.05, 0.1, 0.2, 0.5, ...WHOLE] : WHOLE;
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
