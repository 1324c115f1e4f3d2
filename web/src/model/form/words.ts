/** Names and values in people's words. */

/** Return a sentence with a capital first, as a person would begin it. */
export const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Return how an empty setting is called, as its help has it. */
export const emptyWord = (help: string): string =>
  /\bby default\b|\bfollows\b|\bworked out\b|\bfound out\b/i.test(help) ? 'by default' : 'none';

/** Return a setting's name as a label: `kernel_size` → `Kernel size`. */
export function labelOf(name: string): string {
  const words = name.replaceAll('_', ' ').trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Return a value in few words, for placeholders and lists. */
export function told(value: unknown): string {
  if (value === null || value === undefined) return 'none';
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return String(value);
  if (Array.isArray(value)) return value.length ? value.map(told).join(', ') : 'none';
  const { type, ...rest } = value as Record<string, unknown>;
  const parts = Object.entries(rest).map(([name, item]) => `${name} ${told(item)}`);
  if (typeof type === 'string') return [type, ...parts].join(' · ');
  return parts.length ? parts.join(' · ') : 'none';
}

/** Return a number of bytes in words: 11.6 MB. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let [size, unit] = [count, 0];
  while (size >= 999.5 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${unit === 0 || size >= 100 ? Math.round(size) : Number(size.toPrecision(3))} ${units[unit]}`;
}

const WHOLE = new Intl.NumberFormat('en-US');

/** Return a count with its thousands apart: 34,826. */
export const counted = (count: number): string => WHOLE.format(count);

/** Return a number of operations in words: 4.8 MFLOP. */
export function operations(count: number): string {
  const units = ['', 'k', 'M', 'G', 'T', 'P'];
  let [size, unit] = [count, 0];
  while (size >= 999.5 && unit < units.length - 1) [size, unit] = [size / 1000, unit + 1];
  return `${Number(size.toPrecision(3))} ${units[unit]}FLOP`;
}

/** Return a duration in words: 0.3 s, 2 min 10 s. */
export function duration(seconds: number): string {
  if (seconds < 60)
    return `${seconds < 10 ? Number(seconds.toPrecision(2)) : Math.round(seconds)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds - minutes * 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
