/** What a sentence proposes to mend a node: settings to be changed, for a button. */
import type { Fault } from '../wire';
import { mistaken, placed, proposal } from './faults';
import { repairs } from './repair';

export interface Fix {
  label: string;
  /** Settings that get another value; `undefined` takes one away. */
  settings: Record<string, unknown>;
}

type Settings = Record<string, unknown>;

/** Return what mends a fault, if its sentence says so: the value that was meant, above all. */
export function fixesOf(fault: Fault, settings: Settings, pointer: string): Fix[] {
  const [at] = placed([fault], pointer);
  const [name, ...place] = at?.place ?? [];
  if (name === undefined || !(name in settings)) return [];
  if (mistaken(fault.message) === name) return fixesOfUnknown(name, fault.message, settings);
  const repair = repairs(settings[name], place, fault.message);
  return repair ? [use(repair.proposal, { [name]: repair.value })] : [];
}

/** A setting that the node does not know can be renamed to one it does, or taken away. */
export function fixesOfUnknown(name: string, message: string, settings: Settings): Fix[] {
  if (!(name in settings)) return [];
  const meant = proposal(message);
  const removal: Fix = { label: `Remove “${name}”`, settings: { [name]: undefined } };
  if (meant === undefined || meant in settings) return [removal];
  const change = { [name]: undefined, [meant]: settings[name] };
  return [{ label: `Rename to “${meant}”`, settings: change }, removal];
}

/** Return what mends a failure that names no setting: those that hold the mistaken name. */
export function fixesOfFailure(message: string, settings: Settings): Fix[] {
  const meant = proposal(message);
  if (meant === undefined || mistaken(message) === undefined) return [];
  const changed = Object.entries(settings).flatMap(([name, value]) => {
    const repair = repairs(value, [], message);
    return repair ? [[name, repair.value] as const] : [];
  });
  return changed.length ? [use(meant, Object.fromEntries(changed))] : [];
}

const use = (meant: string, settings: Settings): Fix => ({ label: `Use “${meant}”`, settings });
