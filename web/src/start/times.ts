/** Times as people say them. */

const STEPS: [number, Intl.RelativeTimeFormatUnit][] = [
  [60, 'second'],
  [60, 'minute'],
  [24, 'hour'],
  [7, 'day'],
  [4.35, 'week'],
  [12, 'month'],
  [Number.POSITIVE_INFINITY, 'year'],
];
const WORDS = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });

/** Return how long ago a time was, in seconds since 1970: “2 hours ago”. */
export function ago(time: number, now = Date.now() / 1000): string {
  let amount = Math.max(0, now - time);
  if (amount < 10) return 'just now';
  for (const [size, unit] of STEPS) {
    if (amount < size) return WORDS.format(-Math.floor(amount), unit);
    amount /= size;
  }
  return '';
}
