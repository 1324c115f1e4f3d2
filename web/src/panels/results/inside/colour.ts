import { DIVERGING } from '../../../charts/in_theme';
import type { Theme } from '../../../store/view';

/** A scale of colours from a lowest value to a highest. */
export interface Scale {
  low: number;
  high: number;
  colours: readonly string[];
}

/** From nothing to the most; small pictures need more light than fields with numbers in them. */
const BRIGHT: Record<Theme, readonly string[]> = {
  light: ['#f4f5fc', '#c3c9f5', '#7f8cea', '#3f4ed6', '#171f66'],
  dark: ['#191c25', '#333c86', '#5868ee', '#a3aeff', '#f2f4ff'],
};

/** Values of gates lie between closed and open. */
const GATE = /_gate$/;

/**
 * Return the colours of values: from nothing to the most, or, where some are negative, on both
 * sides of zero.
 */
export function scaleOf(kind: string, low: number, high: number, theme: Theme): Scale {
  if (GATE.test(kind)) return { low: 0, high: 1, colours: BRIGHT[theme] };
  if (low < 0) {
    const reach = Math.max(-low, high);
    return { low: -reach, high: reach, colours: DIVERGING[theme] };
  }
  return { low: 0, high: high || 1, colours: BRIGHT[theme] };
}

type Colour = [number, number, number];

function parsed(hex: string): Colour {
  const number = Number.parseInt(hex.slice(1), 16);
  return [(number >> 16) & 255, (number >> 8) & 255, number & 255];
}

/** Return the bytes of values as colours, four each; what is no number is transparent. */
export function painted(values: Iterable<number>, scale: Scale): Uint8ClampedArray<ArrayBuffer> {
  const stops = scale.colours.map(parsed);
  const span = scale.high - scale.low || 1;
  const all = [...values];
  const bytes = new Uint8ClampedArray(4 * all.length);
  all.forEach((value, place) => {
    if (Number.isNaN(value)) return;
    const share = Math.min(1, Math.max(0, (value - scale.low) / span)) * (stops.length - 1);
    const first = Math.min(stops.length - 2, Math.floor(share));
    for (let part = 0; part < 3; part++) {
      const [from, to] = [stops[first][part], stops[first + 1][part]];
      bytes[4 * place + part] = from + (to - from) * (share - first);
    }
    bytes[4 * place + 3] = 255;
  });
  return bytes;
}
