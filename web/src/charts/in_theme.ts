import type { Theme } from '../store/view';

/** Colours of scales from low to high; in the dark, low values are dark. */
export const HEAT: Record<Theme, readonly string[]> = {
  light: ['#f1f2fb', '#c3c9f5', '#8d98ec', '#5d6be0', '#3240c4', '#1d2780'],
  dark: ['#1e222d', '#293058', '#37428b', '#4754bd', '#5664e8'],
};

/** In the dark, of fields on both sides of a middle in which white words can be read. */
const FIELDS = ['#c4534a', '#6b3534', '#1e222d', '#38448a', '#5766e6'];

/** Colours on both sides of a middle. */
export const DIVERGING: Record<Theme, readonly string[]> = {
  light: ['#b3413a', '#e39a86', '#f3f3f6', '#8fa4e8', '#3848c9'],
  dark: ['#f08a7c', '#9a4a44', '#23262f', '#4653a8', '#97a3ff'],
};

const SEQUENTIAL = ['blues', 'greens', 'purples', 'oranges', 'reds', 'teals', 'viridis'];
const AROUND_A_MIDDLE = ['redblue', 'blueorange', 'redgrey', 'purplegreen'];
const INK = /^(black|#([0-4])\2\2|#([0-4][0-9a-f])\3\3)$/i;

/**
 * Return a specification as it can be read in a theme.
 *
 * Nodes choose colours for paper. In the dark their scales begin dark, and their black words
 * become light; whatever they did not choose follows the configuration anyway.
 */
export function inTheme<T>(specification: T, theme: Theme, ink: string): T {
  return theme === 'light' ? specification : (darkened(specification, ink) as T);
}

function darkened(value: unknown, ink: string): unknown {
  if (Array.isArray(value)) return value.map((item) => darkened(item, ink));
  if (typeof value !== 'object' || value === null) return value;
  const found = Object.entries(value).map(([name, item]) => {
    if (name === 'datasets') return [name, item];
    if (name === 'scale') return [name, darkScale(item)];
    if (name === 'value' && typeof item === 'string' && INK.test(item)) return [name, ink];
    return [name, darkened(item, ink)];
  });
  return Object.fromEntries(found);
}

function darkScale(scale: unknown): unknown {
  if (typeof scale !== 'object' || scale === null) return scale;
  if ('range' in scale && isThroughWhite(scale.range)) return { ...scale, range: FIELDS };
  if (!('scheme' in scale)) return scale;
  const { scheme, ...rest } = scale as { scheme: unknown };
  const name = String(scheme);
  if (SEQUENTIAL.includes(name)) return { ...rest, range: [...HEAT.dark] };
  if (AROUND_A_MIDDLE.includes(name)) return { ...rest, range: [...DIVERGING.dark] };
  return scale;
}

/** Return whether colours go from one to another with that of paper in the middle. */
function isThroughWhite(range: unknown): boolean {
  if (!Array.isArray(range) || range.length < 3 || range.length % 2 === 0) return false;
  return /^#f{3}(f{3})?$|^white$/i.test(String(range[(range.length - 1) / 2]));
}
