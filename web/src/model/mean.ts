/** The mean of what a node's neighbours have: their order, or their height. */
export function mean(
  name: string,
  neighbours: ReadonlyMap<string, readonly string[]>,
  values: ReadonlyMap<string, number>,
): number | undefined {
  const known = (neighbours.get(name) ?? []).flatMap((item) => values.get(item) ?? []);
  return known.length ? known.reduce((sum, value) => sum + value, 0) / known.length : undefined;
}
