import type { Stroke } from '../../charts/lines';
import { aligned, groups, type Line, type Metrics, metricLabel } from '../results/learning/curves';
import { type Point, smooth, thin } from '../results/learning/smoothing';

/** A run whose curves are compared. */
export interface Compared {
  id: string;
  label: string;
  colour: string;
  /** By node. */
  metrics: Readonly<Record<string, Metrics>>;
}

/** Something several runs were measured by. */
export interface Measure {
  key: string;
  node: string;
  name: string;
  label: string;
}

const MOST = 800;

/** Return what runs can be compared by, losses first; the node is named where several have some. */
export function measures(runs: readonly Compared[]): Measure[] {
  const found = new Map<string, Measure>();
  for (const run of runs) {
    for (const [node, metrics] of Object.entries(run.metrics)) {
      for (const { name } of groups(metrics).flatMap((group) => group.lines)) {
        const key = `${node} ${name}`;
        found.set(key, { key, node, name, label: metricLabel(name) });
      }
    }
  }
  const all = [...found.values()];
  if (new Set(all.map((measure) => measure.node)).size < 2) return all;
  return all.map((measure) => ({ ...measure, label: `${measure.node}: ${measure.label}` }));
}

export interface Overlay {
  data: (number | null)[][];
  strokes: Stroke[];
}

/** Return the curves of runs over each other: training smoothed, validation as dots. */
export function overlay(
  runs: readonly Compared[],
  measure: Measure,
  look: { smoothing: number; isLog: boolean },
): Overlay {
  const curves: (readonly Point[])[] = [];
  const strokes: Stroke[] = [];
  for (const run of runs) {
    const lines = groups(run.metrics[measure.node] ?? {}).flatMap((group) => group.lines);
    for (const line of lines.filter((one) => one.name === measure.name)) {
      curves.push(prepared(line, look));
      strokes.push(
        line.isValidation
          ? { colour: run.colour, width: 1, dash: [3, 3], dots: true }
          : { colour: run.colour, width: 2 },
      );
    }
  }
  return { data: aligned(curves), strokes };
}

function prepared(line: Line, look: { smoothing: number; isLog: boolean }): readonly Point[] {
  const shown = look.isLog ? line.points.filter(([, value]) => value > 0) : line.points;
  return thin(line.isValidation ? shown : smooth(shown, look.smoothing), MOST);
}
