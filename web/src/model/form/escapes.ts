/** Texts of nothing but line breaks and tabs cannot be seen, so they are written as `\n` and `\t`. */

const SHOWN: Record<string, string> = { '\n': '\\n', '\t': '\\t', '\r': '\\r' };
const MEANT: Record<string, string> = { '\\n': '\n', '\\t': '\t', '\\r': '\r' };

export function shown(text: string): string {
  return /^[\n\t\r]+$/.test(text) ? text.replace(/./gs, (letter) => SHOWN[letter] ?? letter) : text;
}

export function meant(text: string): string {
  return /^(\\[ntr])+$/.test(text) ? text.replace(/\\./g, (pair) => MEANT[pair] ?? pair) : text;
}
