/** What is wrong with a value, told at once; the server's word comes later and counts. */
import type { Field, NumberShape, Shape, TextShape } from './shape';
import { isTooLong } from './typed';
import { isObject, memberOf, variableOf } from './value';
import { told } from './words';

const ORDINALS = ['first', 'second', 'third', 'fourth'];

/** Return what is wrong with a field's value in one sentence, or an empty string. */
export function checkField(field: Field, value: unknown): string {
  if (value === undefined) return field.required ? 'Needs a value.' : '';
  if (value === null && field.nullable) return '';
  return check(field.shape, value);
}

/** Return what is wrong with a value itself; parts that have fields are checked in those. */
export function check(shape: Shape, value: unknown): string {
  if (variableOf(value) !== undefined) return '';
  switch (shape.kind) {
    case 'number':
      return checkNumber(shape, value);
    case 'text':
      return checkText(shape, value);
    case 'choice':
      return shape.options.includes(value as never)
        ? ''
        : `${quoted(value)} is none of ${shape.options.map(told).join(', ')}.`;
    case 'boolean':
      return typeof value === 'boolean' ? '' : `${quoted(value)} is neither yes nor no.`;
    case 'scalar':
      return isObject(value) || Array.isArray(value) ? expected('one value', value) : '';
    case 'nothing':
      return value === null ? '' : `Expected nothing, not ${quoted(value)}.`;
    case 'file':
      return typeof value === 'string' && value ? '' : expected('the path of a file', value);
    case 'column':
      return shape.many ? checkNames(value) : checkName(value);
    case 'tuple':
      return checkTuple(shape.items, value);
    case 'list':
      return Array.isArray(value)
        ? first(value.map((item) => check(shape.item, item)))
        : expected('a list', value);
    case 'map':
      return isObject(value)
        ? first(Object.entries(value).map(([name, item]) => checkItem(shape.item, name, item)))
        : expected('values by name', value);
    case 'union':
      return shape.options.some((option) => check(option, value) === '')
        ? ''
        : check(nearest(shape.options, value), value);
    case 'family':
      return checkMember(shape.members, value);
    case 'group':
      return isObject(value) ? '' : expected('several settings', value);
    case 'layer':
      return memberOf(value).name ? '' : 'Choose a layer.';
    case 'free':
      return '';
  }
}

/** Return the option of a union whose kind a value has, else the first. */
export function nearest(options: Shape[], value: unknown): Shape {
  const fitting = options.find((option) => check(option, value) === '');
  const alike = options.find((option) => looksLike(option, value));
  return fitting ?? alike ?? (options[0] as Shape);
}

function looksLike(shape: Shape, value: unknown): boolean {
  if (Array.isArray(value))
    return (
      shape.kind === 'tuple' || shape.kind === 'list' || (shape.kind === 'column' && shape.many)
    );
  if (isObject(value)) return ['map', 'group', 'family', 'layer'].includes(shape.kind);
  if (value === null) return shape.kind === 'nothing';
  return ['number', 'text', 'choice', 'boolean', 'scalar'].includes(shape.kind);
}

function checkNumber(shape: NumberShape, value: unknown): string {
  const what = shape.integer ? 'a whole number' : 'a number';
  if (isTooLong(value)) return `${quoted(value)} has more digits than a number here can keep.`;
  if (typeof value !== 'number') return expected(what, value);
  if (shape.integer && !Number.isInteger(value)) return `Expected ${what}, not ${value}.`;
  const bounds = boundsOf(shape);
  return bounds.every(([holds]) => holds(value))
    ? ''
    : `Expected ${what} ${bounds.map(([, text]) => text).join(' and ')}, not ${value}.`;
}

function boundsOf(shape: NumberShape): [(value: number) => boolean, string][] {
  const { minimum, maximum, above, below } = shape;
  const bounds: [(value: number) => boolean, string][] = [];
  if (minimum !== undefined) bounds.push([(value) => value >= minimum, `of at least ${minimum}`]);
  if (above !== undefined) bounds.push([(value) => value > above, `greater than ${above}`]);
  if (maximum !== undefined) bounds.push([(value) => value <= maximum, `at most ${maximum}`]);
  if (below !== undefined) bounds.push([(value) => value < below, `less than ${below}`]);
  return bounds;
}

function checkText(shape: TextShape, value: unknown): string {
  if (typeof value !== 'string') return expected('text', value);
  const { shortest = 0, longest = Number.POSITIVE_INFINITY } = shape;
  if (value.length < shortest) return `Expected at least ${counted(shortest)}.`;
  if (value.length > longest) return `Expected at most ${counted(longest)}.`;
  if (shape.pattern && !matches(shape.pattern, value))
    return `"${value}" does not match ${shape.pattern}.`;
  return '';
}

/** Return whether a value matches; of a pattern in another dialect than the browser's the server tells. */
function matches(pattern: string, value: string): boolean {
  try {
    return new RegExp(pattern, 'u').test(value);
  } catch {
    return true;
  }
}

function counted(count: number): string {
  return count === 1 ? 'one character' : `${count} characters`;
}

function checkName(value: unknown): string {
  if (typeof value === 'string') return value ? '' : 'Choose a column.';
  return expected('the name of a column', value);
}

function checkNames(value: unknown): string {
  return Array.isArray(value) && value.every((item) => typeof item === 'string')
    ? ''
    : expected('names of columns', value);
}

function checkTuple(items: Shape[], value: unknown): string {
  if (!Array.isArray(value) || value.length !== items.length)
    return expected(`${items.length} value${items.length === 1 ? '' : 's'}`, value);
  const gaps = items.flatMap((item, index) =>
    isNothing(value[index]) && check(item, value[index]) !== '' ? [index] : [],
  );
  return gaps.length
    ? `Needs ${items.length} values; ${missing(gaps)}.`
    : first(items.map((item, index) => check(item, value[index])));
}

function checkItem(shape: Shape, name: string, value: unknown): string {
  const fault = check(shape, value);
  return fault && isNothing(value) ? `The value of “${name}” is missing.` : fault;
}

/** Return which of several values are missing: the second is missing. */
function missing(gaps: number[]): string {
  const names = gaps.map((index) => ORDINALS[index] ?? `number ${index + 1}`);
  const last = names.pop();
  return names.length
    ? `the ${names.join(', ')} and ${last} are missing`
    : `the ${last} is missing`;
}

function checkMember(members: { name: string }[], value: unknown): string {
  const { name } = memberOf(value);
  if (!name) return 'Choose one.';
  // A short name that only the server knows is no fault.
  return typeof value === 'string' || members.some((member) => member.name === name)
    ? ''
    : `There is no "${name}" to choose.`;
}

function first(sentences: string[]): string {
  return sentences.find((sentence) => sentence !== '') ?? '';
}

/** Return what was expected; of nothing there is nothing to say. */
function expected(what: string, value: unknown): string {
  return isNothing(value) ? `Expected ${what}.` : `Expected ${what}, not ${quoted(value)}.`;
}

const isNothing = (value: unknown): boolean =>
  value === null || value === undefined || value === '';

function quoted(value: unknown): string {
  return typeof value === 'string' ? `“${value}”` : JSON.stringify(value);
}
