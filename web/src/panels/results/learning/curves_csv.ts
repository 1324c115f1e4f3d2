/** Curves to take away as numbers. */

import { aligned, type Metrics } from './curves';

/** Return all points of a training as CSV, a line for each step; validation has but some. */
export function curvesCsv(metrics: Metrics, stepsPerEpoch: number | null): string {
  const [steps = [], ...curves] = aligned(Object.values(metrics));
  const head = ['step', ...(stepsPerEpoch ? ['epoch'] : []), ...Object.keys(metrics).map(quoted)];
  const lines = steps.map((step, place) => [
    step,
    ...(stepsPerEpoch ? [Number(((step ?? 0) / stepsPerEpoch).toFixed(6))] : []),
    ...curves.map((values) => values[place] ?? ''),
  ]);
  return `${[head, ...lines].map((line) => line.join(',')).join('\n')}\n`;
}

const quoted = (name: string): string =>
  /[",\n\r]/.test(name) ? `"${name.replaceAll('"', '""')}"` : name;
