/** A point of a curve: step and value. */
export type Point = readonly [step: number, value: number];

/**
 * Smooth a curve with a running mean whose weights fall off backwards.
 *
 * The first points are weighed as if nothing had come before them, so that a curve does not start
 * at zero.
 *
 * @param amount 0: as it is; towards 1: smoother.
 */
export function smooth(points: readonly Point[], amount: number): Point[] {
  if (amount <= 0) return [...points];
  const keep = Math.min(amount, 0.999);
  let mean = 0;
  let weight = 0;
  return points.map(([step, value]) => {
    mean = keep * mean + (1 - keep) * value;
    weight = keep * weight + (1 - keep);
    return [step, mean / weight] as const;
  });
}

/**
 * Thin a curve out to about so many points, keeping the highest and lowest of each stretch, so
 * that peaks stay.
 */
export function thin(points: readonly Point[], limit: number): readonly Point[] {
  if (points.length <= limit || limit < 4) return points;
  const size = Math.ceil((points.length - 2) / Math.max(1, Math.floor((limit - 2) / 2)));
  const kept: Point[] = [points[0] as Point];
  for (let start = 1; start < points.length - 1; start += size) {
    const stretch = points.slice(start, Math.min(start + size, points.length - 1));
    const low = stretch.reduce((best, one) => (one[1] < best[1] ? one : best));
    const high = stretch.reduce((best, one) => (one[1] > best[1] ? one : best));
    if (low === high) kept.push(low);
    else kept.push(...(low[0] < high[0] ? [low, high] : [high, low]));
  }
  kept.push(points.at(-1) as Point);
  return kept;
}
