/** Which node types fit a port, in the order people most likely want them. */

import type { Body } from './document';
import { connectionsOf, endOf, type Port } from './graph';
import type { NodeInfo } from './wire';
import { fits } from './wiring';

export interface Candidate {
  info: NodeInfo;
  /** The port of the new node that is connected. */
  port?: string;
}

/** Types with a port that fits, the likeliest first. */
export function fitting(
  infos: readonly NodeInfo[],
  from: { port: Port; direction: 'in' | 'out'; type: string },
  bodies: readonly Body[],
): Candidate[] {
  const habits = habitsOf(bodies, from.type, from.direction);
  return infos
    .flatMap((info): (Candidate & { rank: number })[] => {
      const port = bestPort(info, from.port, from.direction);
      if (!port) return [];
      const samePack = info.type.split('.')[0] === from.type.split('.')[0];
      const rank =
        (habits.get(info.type) ?? 0) * 10 +
        (port.optional ? 0 : 4) +
        (samePack ? 2 : 0) +
        (onlyThis(info, port, from.direction) ? 1 : 0);
      return [{ info, port: port.id, rank }];
    })
    .sort((one, other) => other.rank - one.rank || compare(one.info, other.info));
}

function bestPort(info: NodeInfo, from: Port, direction: 'in' | 'out'): Port | undefined {
  const ports: Port[] = direction === 'out' ? info.inputs : info.outputs;
  const good = ports.filter((port) => (direction === 'out' ? fits(from, port) : fits(port, from)));
  return good.find((port) => !port.optional) ?? good[0];
}

const onlyThis = (info: NodeInfo, port: Port, direction: 'in' | 'out'): boolean =>
  direction === 'in' || info.inputs.every((item) => item.id === port.id || item.optional);

/** How often types stand next to a type in workflows at hand. */
function habitsOf(
  bodies: readonly Body[],
  type: string,
  direction: 'in' | 'out',
): Map<string, number> {
  const result = new Map<string, number>();
  for (const body of bodies)
    for (const connection of connectionsOf(body)) {
      const from = body.nodes?.[endOf(connection.from).node]?.type;
      const to = body.nodes?.[endOf(connection.to).node]?.type;
      const [here, there] = direction === 'out' ? [from, to] : [to, from];
      if (here === type && there) result.set(there, (result.get(there) ?? 0) + 1);
    }
  return result;
}

const compare = (one: NodeInfo, other: NodeInfo): number => one.title.localeCompare(other.title);
