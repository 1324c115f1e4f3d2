/** Stepping a number up and down, as far as it may go. */
import type { NumberShape } from './shape';

/** Return the next number in a direction (1 or -1), ten steps with `far`. */
export function stepped(shape: NumberShape, value: number, direction: number, far = false): number {
  const step = stepOf(shape, value) * (far ? 10 : 1);
  const next = rounded(value + direction * step, step);
  const { minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY } = shape;
  if (shape.above !== undefined && next <= shape.above) return value;
  if (shape.below !== undefined && next >= shape.below) return value;
  return Math.min(maximum, Math.max(minimum, next));
}

/** Whole numbers go by one; others by a tenth of their size, so that 0.001 goes to 0.0011. */
function stepOf(shape: NumberShape, value: number): number {
  if (shape.integer) return 1;
  const span = (shape.maximum ?? shape.below ?? Number.NaN) - (shape.minimum ?? shape.above ?? 0);
  if (span <= 1 && (value === 0 || Math.abs(value) >= 0.05)) return 0.05;
  if (value === 0) return 0.1;
  return 10 ** (Math.floor(Math.log10(Math.abs(value)) + 1e-9) - 1);
}

/** Without the tail that binary fractions leave: 0.1 + 0.2 is 0.3. */
function rounded(value: number, step: number): number {
  const digits = Math.max(0, Math.ceil(-Math.log10(step)) + 1);
  return Number(value.toFixed(Math.min(20, digits)));
}
