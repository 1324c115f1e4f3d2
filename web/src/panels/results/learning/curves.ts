import type { Point } from './smoothing';

/** The metrics of one node: points by name, as learners report them. */
export type Metrics = Readonly<Record<string, readonly Point[]>>;

/** One curve of a chart. */
export interface Line {
  /** Name of the metric, without `val_`. */
  name: string;
  isValidation: boolean;
  points: readonly Point[];
}

/** Metrics that are drawn over each other, as `generator_loss` and `discriminator_loss`. */
export interface Group {
  name: string;
  lines: Line[];
}

const VALIDATION = 'val_';

/** Last words of names whose values share one scale. */
const SHARED = ['loss', 'score', 'accuracy'];

/** Return the charts to draw of a node's metrics, losses first. */
export function groups(metrics: Metrics): Group[] {
  const found = new Map<string, Group>();
  for (const [full, points] of Object.entries(metrics)) {
    if (!points.length) continue;
    const isValidation = full.startsWith(VALIDATION);
    const name = isValidation ? full.slice(VALIDATION.length) : full;
    const key = SHARED.find((word) => name === word || name.endsWith(`_${word}`)) ?? name;
    const group = found.get(key) ?? { name: key, lines: [] };
    group.lines.push({ name, isValidation, points });
    found.set(key, group);
  }
  const all = [...found.values()];
  for (const group of all) {
    if (new Set(group.lines.map((line) => line.name)).size === 1) {
      group.name = group.lines[0]?.name ?? group.name;
    }
    group.lines.sort((a, b) => Number(a.isValidation) - Number(b.isValidation));
  }
  return all.sort((a, b) => Number(b.name.endsWith('loss')) - Number(a.name.endsWith('loss')));
}

/** Return a metric's name as people read it: `val_binary_accuracy` → `validation binary accuracy`. */
export function metricLabel(name: string): string {
  const plain = name.startsWith(VALIDATION) ? `validation ${name.slice(VALIDATION.length)}` : name;
  return plain.replaceAll('_', ' ');
}

const PERCENT = /(^|_)(accuracy|precision|recall)$/;

/** Return a metric's value as people read it: accuracies in percent. */
export function metricText(name: string, value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (PERCENT.test(name)) return `${(100 * value).toFixed(2)} %`;
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** How the numbers at the axes of a metric's chart are written. */
export const axisTexts = (name: string, byEpoch: boolean) => ({
  formatX: (value: number) =>
    byEpoch ? String(Number(value.toFixed(2))) : value.toLocaleString('en'),
  formatY: (value: number) => metricText(name, value).replace(/\.?0+ %$/, ' %'),
});

/**
 * Return how many steps an epoch has.
 *
 * Validation comes at the end of each epoch, so the first distance between its points says it; else
 * the words of the progress ("epoch 3/20") with the part that is done. Null: nothing says it.
 */
export function stepsPerEpoch(
  metrics: Metrics,
  progress: { fraction: number; message: string } | null,
): number | null {
  for (const [name, points] of Object.entries(metrics)) {
    if (!name.startsWith(VALIDATION)) continue;
    const steps = points.map(([step]) => step);
    const distances = steps.slice(1).map((step, place) => step - (steps[place] ?? 0));
    const shortest = Math.min(...distances.filter((distance) => distance > 0), steps[0] ?? 0);
    if (shortest > 0) return shortest;
  }
  const epochs = Number(/epoch \d+\/(\d+)/.exec(progress?.message ?? '')?.[1]);
  const last = Math.max(0, ...Object.values(metrics).map((points) => points.at(-1)?.[0] ?? 0));
  if (!progress || !epochs || !last || progress.fraction <= 0) return null;
  return Math.max(1, Math.round(last / (progress.fraction * epochs)));
}

const known = new Map<string, number>();

/** As stepsPerEpoch, but what a node once said in a run holds when it says nothing any more. */
export function rememberedSteps(
  node: string,
  metrics: Metrics,
  progress: { fraction: number; message: string } | null,
): number | null {
  const steps = stepsPerEpoch(metrics, progress);
  if (steps !== null) known.set(node, steps);
  return steps ?? known.get(node) ?? null;
}

/** Return curves with a common axis, as uPlot takes them: steps, and for each curve its values. */
export function aligned(curves: readonly (readonly Point[])[]): (number | null)[][] {
  const steps = [...new Set(curves.flatMap((points) => points.map(([step]) => step)))].sort(
    (a, b) => a - b,
  );
  const place = new Map(steps.map((step, index) => [step, index]));
  const columns = curves.map((points) => {
    const values = new Array<number | null>(steps.length).fill(null);
    for (const [step, value] of points) values[place.get(step) as number] = value;
    return values;
  });
  return [steps, ...columns];
}

/** Return the last value of each metric. */
export function lastValues(metrics: Metrics): Record<string, number> {
  const values: Record<string, number> = {};
  for (const [name, points] of Object.entries(metrics)) {
    const last = points.at(-1);
    if (last) values[name] = last[1];
  }
  return values;
}

/** Return curves without those that say the same: kept results bring theirs into each later run. */
export function distinct(curves: readonly Metrics[]): Metrics[] {
  const seen = new Map(curves.map((metrics) => [JSON.stringify(lastValues(metrics)), metrics]));
  return [...seen.values()];
}
