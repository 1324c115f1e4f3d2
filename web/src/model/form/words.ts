/** Names and values in people's words. */

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
