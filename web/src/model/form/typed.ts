/** Between what is typed and what is saved: what does not read as meant is saved as typed. */
import type { Shape } from './shape';
import { isObject } from './value';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** Between the items of a list: commas, or × as shapes are shown. */
const BETWEEN = /\s*[,;×]\s*|(?<=[\d?])\s*x\s*(?=[\d?])|\s+/;

/** Return whether a text is a number that would lose some of its digits, or all. */
export function isTooLong(text: unknown): boolean {
  if (typeof text !== 'string' || !NUMBER.test(text.trim())) return false;
  const value = Number(text);
  const isWhole = /^\s*[+-]?\d+\s*$/.test(text);
  return !Number.isFinite(value) || (isWhole && !Number.isSafeInteger(value));
}

/** A number, or the text itself where that is none or would not be kept as it is. */
const numberIn = (text: string): number | string =>
  NUMBER.test(text.trim()) && !isTooLong(text) ? Number(text.trim()) : text;

/** Return the value that a text stands for in a shape; an empty text is no value. */
export function fromText(shape: Shape, text: string): unknown {
  const trimmed = text.trim();
  switch (shape.kind) {
    case 'number':
      if (trimmed === '') return undefined;
      return numberIn(text);
    case 'scalar':
      if (trimmed === '') return undefined;
      if (trimmed === 'true' || trimmed === 'false') return trimmed === 'true';
      return typeof numberIn(trimmed) === 'number' ? Number(trimmed) : unquoted(text);
    case 'list':
      return trimmed === ''
        ? []
        : bare(trimmed)
            .split(BETWEEN)
            .map((part) => item(shape.item, part));
    case 'free':
      return trimmed === '' ? undefined : json(text);
    default:
      return text;
  }
}

/** Return the text in which a value is shown and edited. */
export function toText(shape: Shape, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (shape.kind === 'free')
    return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
  if (shape.kind === 'list' && Array.isArray(value))
    return value.map((part) => (part === null ? 'none' : String(part))).join(', ');
  // A text that reads as something else is told apart from it by its quotes.
  if (
    shape.kind === 'scalar' &&
    typeof value === 'string' &&
    typeof fromText(shape, value) !== 'string'
  )
    return JSON.stringify(value);
  return isObject(value) || Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** Return whether a list is short enough in its items to be typed in one line. */
export function isTypedList(shape: Shape): boolean {
  if (shape.kind !== 'list') return false;
  const { item } = shape;
  if (item.kind !== 'union') return item.kind === 'number';
  return item.options.every((option) => option.kind === 'number' || option.kind === 'nothing');
}

function item(shape: Shape, part: string): unknown {
  if (shape.kind === 'union' && /^(none|null|\?)$/i.test(part)) return null;
  return numberIn(part);
}

/** Return a list without the brackets that people may write, nor a last comma. */
const bare = (text: string): string => text.replace(/^[[(]\s*|[,;]?\s*[\])]$|[,;]$/g, '');

function unquoted(text: string): string {
  if (!/^".*"$/.test(text)) return text;
  const value = json(text);
  return typeof value === 'string' ? value : text;
}

/** Return a text as JSON, or the text itself where it is none (yet). */
function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
