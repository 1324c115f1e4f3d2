/** Which sentence of the server belongs to which field, and what it proposes. */
import type { Fault } from '../wire';

/** A fault of a setting, with its place inside the setting. */
export interface PlacedFault {
  place: string[];
  message: string;
  severity: Fault['severity'];
}

/** Return the faults of a node's settings, placed by the parts of their pointers. */
export function placed(faults: Fault[], pointer: string): PlacedFault[] {
  const start = `${pointer}/settings/`;
  return faults
    .filter((fault) => fault.pointer.startsWith(start))
    .map(({ pointer: place, message, severity }) => ({
      place: place.slice(start.length).split('/').map(unescaped),
      message,
      severity,
    }));
}

/** Return the faults at a place and below, with their places from there on. */
export function below(faults: PlacedFault[], name: string): PlacedFault[] {
  return faults
    .filter((fault) => fault.place[0] === name)
    .map((fault) => ({ ...fault, place: fault.place.slice(1) }));
}

/** Return the faults that no part with one of these names shows itself. */
export function own(faults: PlacedFault[], parts: Set<string>): PlacedFault[] {
  return faults.filter((fault) => !parts.has(fault.place[0] ?? ''));
}

/** Return whether a fault is about a part of a value that nobody has filled in. */
export function isGap(value: unknown, place: string[]): boolean {
  let part = value;
  for (const name of place) part = isParent(part) ? part[name] : undefined;
  return place.length > 0 && part === null;
}

/** Return what a sentence proposes instead: `Did you mean "income"?` → `income`. */
export function proposal(message: string): string | undefined {
  return /[Dd]id you mean "([^"]+)"/.exec(message)?.[1];
}

/** Return the name of the unknown thing a sentence is about, which its proposal replaces. */
export function mistaken(message: string): string | undefined {
  return /there is no [\w ]*"([^"]+)"|no (?:column|setting|variable|node|port) "([^"]+)"/
    .exec(message)
    ?.slice(1)
    .find((name) => name !== undefined);
}

const isParent = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null;

function unescaped(part: string): string {
  return part.replaceAll('~1', '/').replaceAll('~0', '~');
}
