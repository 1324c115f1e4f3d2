/** Curves as one SVG, drawn from their points: charts below each other, as the panel has them. */

import { escaped, type Picture } from '../parts/saving';
import type { Stroke } from './lines';

export interface CurveChart {
  title: string;
  /** Steps, and for each curve its values. */
  data: readonly (readonly (number | null)[])[];
  strokes: readonly Stroke[];
  legend: readonly { label: string; value: string; colour: string }[];
  isLog: boolean;
  formatX: (value: number) => string;
  formatY: (value: number) => string;
}

export interface PictureLook {
  background: string;
  text: string;
  soft: string;
  line: string;
}

const WIDTH = 640;
const HEIGHT = 260;
const INSIDE = { left: 60, right: WIDTH - 20, top: 40, bottom: HEIGHT - 30 };

/** A value's place on the picture. */
type Scale = (value: number) => number;

export function curvesPicture(charts: readonly CurveChart[], look: PictureLook): Picture {
  const height = HEIGHT * charts.length;
  const drawn = charts.map((chart, place) => {
    const inner = drawing(chart, look);
    return `<g transform="translate(0 ${place * HEIGHT})">${inner}</g>`;
  });
  const text =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" ` +
    `viewBox="0 0 ${WIDTH} ${height}" font-family="Inter, 'Segoe UI', sans-serif" font-size="11">` +
    `<rect width="${WIDTH}" height="${height}" fill="${look.background}"/>${drawn.join('')}</svg>`;
  return { text, width: WIDTH, height };
}

function drawing(chart: CurveChart, look: PictureLook): string {
  const [steps = [], ...curves] = chart.data;
  const xs = rangeOf(steps);
  const ys = rangeOf(curves.flat());
  const head = heading(chart, look);
  if (!xs || !ys) return head;
  const x = linear(xs, INSIDE.left, INSIDE.right);
  const yTicks = chart.isLog ? decades(ys) : ticks(ys, 5);
  const span = widened(ys, yTicks);
  const y = chart.isLog
    ? logarithmic(span, INSIDE.bottom, INSIDE.top)
    : linear(span, INSIDE.bottom, INSIDE.top);
  const grid = [
    ...yTicks.map((value) => horizontal(y(value), chart.formatY(value), look)),
    ...ticks(xs, 8).map((value) => vertical(x(value), chart.formatX(value), look)),
  ];
  const lines = curves.map((values, place) => curve(steps, values, chart.strokes[place], x, y));
  return head + grid.join('') + lines.join('');
}

function heading({ title, legend }: CurveChart, look: PictureLook): string {
  const entries = legend.map(
    ({ label, value, colour }) =>
      `<tspan dx="14" fill="${colour}">■</tspan> <tspan fill="${look.soft}">` +
      `${escaped(`${label} ${value}`)}</tspan>`,
  );
  return (
    `<text x="${INSIDE.left}" y="22" xml:space="preserve"><tspan font-size="13" ` +
    `font-weight="600" fill="${look.text}">${escaped(title)}</tspan>${entries.join('')}</text>`
  );
}

function horizontal(y: number, text: string, look: PictureLook): string {
  return (
    `<path d="M${INSIDE.left} ${round(y)}H${INSIDE.right}" stroke="${look.line}"/>` +
    `<text x="${INSIDE.left - 8}" y="${round(y + 4)}" text-anchor="end" ` +
    `fill="${look.soft}">${escaped(text)}</text>`
  );
}

function vertical(x: number, text: string, look: PictureLook): string {
  return (
    `<path d="M${round(x)} ${INSIDE.top}V${INSIDE.bottom}" stroke="${look.line}"/>` +
    `<text x="${round(x)}" y="${INSIDE.bottom + 18}" text-anchor="middle" ` +
    `fill="${look.soft}">${escaped(text)}</text>`
  );
}

function curve(
  steps: readonly (number | null)[],
  values: readonly (number | null)[],
  stroke: Stroke | undefined,
  x: Scale,
  y: Scale,
): string {
  if (!stroke) return '';
  const points = values.flatMap((value, place) => {
    const step = steps[place];
    return isPoint(value) && isPoint(step) ? [[round(x(step)), round(y(value))] as const] : [];
  });
  const dash = stroke.dash ? ` stroke-dasharray="${stroke.dash.join(' ')}"` : '';
  const line =
    `<polyline points="${points.join(' ')}" fill="none" stroke="${stroke.colour}" ` +
    `stroke-width="${stroke.width}" stroke-linejoin="round"${dash}/>`;
  // a curve of one point would not be seen
  const isDotted = stroke.dots || points.length === 1;
  const dots = points.map(([cx, cy]) => `<circle cx="${cx}" cy="${cy}" r="3"/>`);
  return isDotted ? `${line}<g fill="${stroke.colour}">${dots.join('')}</g>` : line;
}

type Range = readonly [number, number];

const isPoint = (value: number | null | undefined): value is number => Number.isFinite(value);

/** From the least to the largest; a range of one value gets some room. */
function rangeOf(values: readonly (number | null)[]): Range | undefined {
  const known = values.filter(isPoint);
  if (!known.length) return undefined;
  const low = known.reduce((one, other) => Math.min(one, other));
  const high = known.reduce((one, other) => Math.max(one, other));
  const room = low === high ? Math.abs(low) / 10 || 1 : 0;
  return [low - room, high + room];
}

const widened = ([low, high]: Range, marks: readonly number[]): Range => [
  Math.min(low, ...marks),
  Math.max(high, ...marks),
];

const linear =
  ([low, high]: Range, from: number, to: number): Scale =>
  (value) =>
    from + ((value - low) / (high - low)) * (to - from);

const logarithmic = ([low, high]: Range, from: number, to: number): Scale => {
  const scale = linear([Math.log(low), Math.log(high)], from, to);
  return (value) => scale(Math.log(value));
};

/** Return round numbers within a range, about so many. */
export function ticks([low, high]: Range, about: number): number[] {
  const rough = (high - low) / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * ([1, 2, 5, 10].find((one) => one * power >= rough) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const count = Math.floor(high / step + 1e-9) - first + 1;
  return Array.from({ length: count }, (_, place) =>
    Number(((first + place) * step).toPrecision(12)),
  );
}

/** Return powers of ten within and around a range. */
export function decades([low, high]: Range): number[] {
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  return Array.from({ length: last - first + 1 }, (_, place) => 10 ** (first + place));
}

const round = (value: number): number => Math.round(value * 100) / 100;
