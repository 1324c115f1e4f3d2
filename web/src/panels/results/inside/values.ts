import type { Inside, InsidePart } from '../../../model/wire';

/** A field of values, line by line, to be drawn. */
export interface Field {
  width: number;
  height: number;
  at(x: number, y: number): number;
}

/** Return the values of a part, the last axis fastest. */
export function decoded(part: InsidePart): Float32Array {
  const text = atob(part.values);
  const bytes = new Uint8Array(text.length);
  for (let place = 0; place < text.length; place++) bytes[place] = text.charCodeAt(place);
  const view = new DataView(bytes.buffer);
  const values = new Float32Array(bytes.length / 4);
  for (let place = 0; place < values.length; place++) {
    values[place] = view.getFloat32(4 * place, true);
  }
  return values;
}

/** What a part looks like: pictures of units, units over steps, or units alone. */
export type Form = 'kernels' | 'maps' | 'strip' | 'units';

export function formOf(part: InsidePart): Form {
  if (part.kind === 'kernel') return 'kernels';
  return part.shape.length >= 3 ? 'maps' : part.shape.length === 2 ? 'strip' : 'units';
}

/** Return the picture of a unit: a feature map, or the kernel that it reads a channel with. */
export function picture(
  part: InsidePart,
  values: Float32Array,
  unit: number,
  channel: number,
): Field {
  const [height, width] = part.shown;
  const units = part.shown[part.shown.length - 1];
  const channels = part.shown.length === 4 ? part.shown[2] : 1;
  return {
    width,
    height,
    at: (x, y) => values[((y * width + x) * channels + channel) * units + unit],
  };
}

/** Return units over steps: a line for each unit, a column for each step. */
export function strip(part: InsidePart, values: Float32Array): Field {
  const [steps, units] = part.shown;
  return { width: steps, height: units, at: (x, y) => values[x * units + y] };
}

/** Return many units side by side, in lines about twice as broad as high. */
export function wrapped(part: InsidePart, values: Float32Array): Field {
  const units = part.shown[0];
  const width = Math.ceil(Math.sqrt(units * 5));
  return {
    width,
    height: Math.ceil(units / width),
    at: (x, y) => values[y * width + x] ?? Number.NaN,
  };
}

/** The order in which a recurrent layer works; what is none of these comes first. */
const ORDER = [
  'kernel',
  'activation',
  'forget_gate',
  'update_gate',
  'reset_gate',
  'input_gate',
  'candidate',
  'output_gate',
  'cell_state',
  'output',
];

/** Return parts by layer, each in the order in which it works; a layer may have weights alone. */
export function byLayer(inside: Pick<Inside, 'parts' | 'weights'>): [string, InsidePart[]][] {
  const found = new Map<string, InsidePart[]>();
  for (const part of inside.parts) found.set(part.layer, [...(found.get(part.layer) ?? []), part]);
  for (const { layer } of inside.weights) if (!found.has(layer)) found.set(layer, []);
  for (const own of found.values()) {
    own.sort((one, two) => ORDER.indexOf(one.kind) - ORDER.indexOf(two.kind));
  }
  return [...found];
}

/** Return what a part is called. */
export function partTitle(part: InsidePart): string {
  const form = formOf(part);
  if (form === 'kernels') return `${part.shape[0]}×${part.shape[1]} kernels`;
  if (form === 'maps' && part.kind === 'activation') return 'feature maps';
  return part.kind.replaceAll('_', ' ');
}

/** Return how many units are not shown, in words; empty where all are. */
export function leftOut(part: InsidePart): string {
  const all = part.shape[part.shape.length - 1];
  const shown = part.shown[part.shown.length - 1];
  return shown < all ? `the first ${shown} of ${all}` : '';
}

export function valueText(value: number): string {
  if (Number.isNaN(value)) return '–';
  return String(Number(value.toPrecision(3))).replace('-', '−');
}
