/** From “did you mean” in a sentence to the value that was meant. */
import { mistaken, proposal } from './faults';
import { isObject } from './value';

interface Repair {
  proposal: string;
  value: unknown;
}

/** Return the value with what a sentence proposes, if it says what to replace. */
export function repairs(value: unknown, place: string[], message: string): Repair | undefined {
  const meant = proposal(message);
  if (meant === undefined) return undefined;
  const wrong = mistaken(message);
  const repaired = at(value, place, (part) => replaced(part, wrong, meant));
  return repaired === undefined || JSON.stringify(repaired) === JSON.stringify(value)
    ? undefined
    : { proposal: meant, value: repaired };
}

function at(value: unknown, place: string[], change: (part: unknown) => unknown): unknown {
  const [name, ...rest] = place;
  if (name === undefined) return change(value);
  if (Array.isArray(value))
    return value.map((part, index) => (String(index) === name ? at(part, rest, change) : part));
  // a choice that is its bare name has no parts: the whole of it is meant
  if (!isObject(value) || !(name in value)) return change(value);
  return { ...value, [name]: at(value[name], rest, change) };
}

function replaced(value: unknown, wrong: string | undefined, meant: string): unknown {
  if (typeof value === 'string') {
    if (wrong === undefined || value === wrong) return meant;
    return value.replaceAll(`"${wrong}"`, `"${meant}"`);
  }
  if (wrong === undefined) return value;
  if (Array.isArray(value)) return value.map((part) => replaced(part, wrong, meant));
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, part]) => [
      name === wrong ? meant : name,
      replaced(part, wrong, meant),
    ]),
  );
}
