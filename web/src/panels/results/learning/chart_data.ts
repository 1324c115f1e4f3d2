import type { Stroke } from '../../../charts/lines';
import { faded } from '../../../charts/palette';
import { aligned, type Group, groups, type Line, type Metrics, metricLabel } from './curves';
import { type Point, smooth, thin } from './smoothing';

/** Points of a curve that are drawn at most; a screen has fewer pixels. */
const MOST = 1500;

/** An entry of a chart's legend: which of its curves it stands for. */
export interface Entry {
  label: string;
  name: string;
  colour: string;
  isValidation: boolean;
  curve: number;
}

export interface ChartData {
  data: (number | null)[][];
  strokes: Stroke[];
  legend: Entry[];
}

interface Look {
  smoothing: number;
  isLog: boolean;
  stepsPerUnit: number;
  colours: readonly string[];
  pale: string;
}

/** Return a chart's curves: earlier runs behind, what was measured pale, and in front the smoothed. */
export function chartData(group: Group, earlier: readonly Metrics[], look: Look): ChartData {
  const behind = earlier.flatMap((metrics) =>
    groups(metrics)
      .flatMap((one) => one.lines)
      .filter((line) => group.lines.some((own) => own.name === line.name)),
  );
  const curves: Point[][] = [];
  const strokes: Stroke[] = [];
  const legend: Entry[] = [];
  const add = (points: readonly Point[], stroke: Stroke) => {
    curves.push(prepared(points, look));
    strokes.push(stroke);
  };
  for (const line of behind) {
    const points = line.isValidation ? line.points : smooth(line.points, look.smoothing);
    add(points, { colour: look.pale, width: 1, dash: line.isValidation ? [2, 3] : undefined });
  }
  const names = [...new Set(group.lines.map((line) => line.name))];
  for (const line of group.lines) {
    const place = names.length === 1 ? Number(line.isValidation) : names.indexOf(line.name);
    const colour = look.colours[place % look.colours.length];
    const { points, isValidation } = line;
    const label = entryLabel(line, names.length);
    // The legend tells what was measured, whatever is smoothed.
    legend.push({ label, name: line.name, colour, isValidation, curve: curves.length + 1 });
    if (isValidation) {
      add(points, { colour, width: 1, dots: true });
    } else {
      if (look.smoothing > 0) add(points, { colour: faded(colour, 0.28), width: 1 });
      add(smooth(points, look.smoothing), { colour, width: 2 });
    }
  }
  return { data: aligned(curves), strokes, legend };
}

function prepared(points: readonly Point[], { isLog, stepsPerUnit }: Look): Point[] {
  const shown = isLog ? points.filter(([, value]) => value > 0) : points;
  return thin(shown, MOST).map(([step, value]) => [step / stepsPerUnit, value] as const);
}

function entryLabel(line: Line, names: number): string {
  const side = line.isValidation ? 'validation' : 'training';
  if (names === 1) return side;
  const label = metricLabel(line.name);
  return line.isValidation ? `${label} (validation)` : label;
}
