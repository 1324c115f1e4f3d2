/** The wire that is being pulled: which ports it fits, and why not the others. */

import type { Handle } from '@xyflow/react';
import { create } from 'zustand';
import type { End } from '../model/graph';
import { fedBy, feeding, refusal } from '../model/wiring';
import { sceneNow } from '../store/scene';

export interface Pull extends End {
  direction: 'in' | 'out';
  type: string;
  /** Nodes with which a connection would go round in a circle. */
  around: ReadonlySet<string>;
}

interface Pulling {
  pull: Pull | null;
  /** The connection into which a node would be put, if it were dropped now. */
  dropWire: string | null;
  /** The node whose place it would take. */
  dropNode: string | null;
}

export const usePulling = create<Pulling>(() => ({
  pull: null,
  dropWire: null,
  dropNode: null,
}));

/** Begin to pull a wire from a handle, `in:table` or `out:table`. */
export function beginPull(node: string, handle: string): void {
  const { ports, body } = sceneNow();
  const [direction, port = ''] = handle.split(':') as ['in' | 'out', string?];
  const sides = ports.get(node);
  const found = (direction === 'out' ? sides?.outputs : sides?.inputs)?.find(
    ({ id }) => id === port,
  );
  const around = direction === 'out' ? feeding(body, node) : fedBy(body, node);
  usePulling.setState({ pull: { node, port, direction, type: found?.type ?? '', around } });
}

export const endPull = (): void => usePulling.setState({ pull: null });

/** Whether a port takes the wire: '' while none is pulled. */
export function suits(
  pull: Pull | null,
  node: string,
  direction: 'in' | 'out',
  port: string,
  type: string,
): '' | 'from' | 'fits' | 'no' {
  if (!pull) return '';
  if (pull.node === node && pull.port === port && pull.direction === direction) return 'from';
  const isOther = pull.direction !== direction && !pull.around.has(node);
  return isOther && (!type || !pull.type || type === pull.type) ? 'fits' : 'no';
}

/** Why the two ends cannot be connected, '' where they can. */
export function reasonAgainst(from: End, to: End): string {
  const { ports, body } = sceneNow();
  return refusal(ports, from, to, fedBy(body, to.node));
}

/** The same for the places where a pull began and where it is, whichever gives and takes. */
export function reasonBetween(one: Handle, other: Handle): string {
  if (one.nodeId === other.nodeId && one.id === other.id) return '';
  if (one.type === other.type)
    return one.type === 'source'
      ? 'Both are outputs; a connection goes from an output to an input.'
      : 'Both are inputs; a connection goes from an output to an input.';
  const [from, to] = one.type === 'source' ? [one, other] : [other, one];
  return reasonAgainst(endOf(from), endOf(to));
}

const endOf = ({ nodeId, id }: Handle): End => ({ node: nodeId, port: portOf(id) });

export const portOf = (handle: string | null | undefined): string =>
  handle?.slice(handle.indexOf(':') + 1) ?? '';

/** Show what a drop would do, if anything. */
export function showDrop(dropWire: string | null, dropNode: string | null): void {
  const now = usePulling.getState();
  if (now.dropWire !== dropWire || now.dropNode !== dropNode)
    usePulling.setState({ dropWire, dropNode });
}
