/** Which connections may be made, and why others may not. */

import type { Body, Connection } from './document';
import { connectionsOf, type End, endOf, type Port, type Ports } from './graph';

/** All nodes that a node feeds, through others too, with itself. */
export const fedBy = (body: Body | undefined, name: string): Set<string> =>
  reached(body, name, (from, to) => [from, to]);

/** All nodes that feed a node, through others too, with itself. */
export const feeding = (body: Body | undefined, name: string): Set<string> =>
  reached(body, name, (from, to) => [to, from]);

function reached(
  body: Body | undefined,
  name: string,
  step: (from: string, to: string) => [string, string],
): Set<string> {
  const next = new Map<string, string[]>();
  for (const connection of connectionsOf(body)) {
    const [here, there] = step(endOf(connection.from).node, endOf(connection.to).node);
    const known = next.get(here);
    if (known) known.push(there);
    else next.set(here, [there]);
  }
  const found = new Set([name]);
  for (const node of found) for (const target of next.get(node) ?? []) found.add(target);
  return found;
}

export const fits = (made: Port, taken: Port): boolean =>
  !made.type || !taken.type || made.type === taken.type;

/**
 * Why a connection cannot be made; '' where it can.
 *
 * @param after the nodes that the target feeds, as `fedBy` says
 */
export function refusal(
  ports: ReadonlyMap<string, Ports>,
  from: End,
  to: End,
  after: ReadonlySet<string>,
): string {
  const made = ports.get(from.node)?.outputs.find((port) => port.id === from.port);
  const taken = ports.get(to.node)?.inputs.find((port) => port.id === to.port);
  if (!made || !taken) return 'One end of the connection is missing.';
  if (from.node === to.node) return `“${from.node}” cannot feed itself.`;
  if (after.has(from.node))
    return `That would go round in a circle: “${to.node}” already feeds “${from.node}”.`;
  if (!fits(made, taken))
    return (
      `“${from.node}.${from.port}” gives ${article(made.type)}, ` +
      `but “${to.node}.${to.port}” takes ${article(taken.type)}.`
    );
  return '';
}

export const article = (noun: string): string => `${/^[aeiou]/.test(noun) ? 'an' : 'a'} ${noun}`;

/** What it counts against a pair that its input is fed already. */
const FED = 100;

/** The inputs and outputs of two nodes that go together best: same type, free ones first or only. */
export function bestPair(
  body: Body,
  ports: ReadonlyMap<string, Ports>,
  source: string,
  target: string,
  isFreeOnly = false,
): { from: End; to: End } | undefined {
  const outputs = ports.get(source)?.outputs ?? [];
  const inputs = ports.get(target)?.inputs ?? [];
  const pairs = outputs.flatMap((made) =>
    inputs
      .filter((taken) => fits(made, taken) && !taken.isSetting)
      .map((taken) => ({
        from: { node: source, port: made.id },
        to: { node: target, port: taken.id },
        rank: rankOf(body, source, made, target, taken),
      })),
  );
  const [best] = pairs.sort((one, other) => one.rank - other.rank);
  return isFreeOnly && (best?.rank ?? 0) >= FED ? undefined : best;
}

/** Connections by free ports, of nodes in a row: each with the next one. */
export function linksAlong(
  body: Body,
  ports: ReadonlyMap<string, Ports>,
  names: readonly string[],
): Connection[] {
  const links: Connection[] = [];
  names.slice(1).forEach((right, index) => {
    const grown = { ...body, connections: [...connectionsOf(body), ...links] };
    const pair = freePair(grown, ports, names[index] as string, right);
    if (pair) links.push(linkOf(pair.from, pair.to));
  });
  return links;
}

/** The free pair of two nodes beside each other: to the right, or back where only that fits. */
function freePair(
  body: Body,
  ports: ReadonlyMap<string, Ports>,
  left: string,
  right: string,
): { from: End; to: End } | undefined {
  const free = (source: string, target: string) =>
    // what the target feeds already would go round in a circle
    fedBy(body, target).has(source) ? undefined : bestPair(body, ports, source, target, true);
  // a variable goes into a setting of the other, of which there are many
  const givesVariable = ports.get(left)?.outputs.some(({ type }) => type === 'variable');
  return free(left, right) ?? (givesVariable ? undefined : free(right, left));
}

function rankOf(body: Body, source: string, made: Port, target: string, taken: Port): number {
  const written = connectionsOf(body).map((item) => [endOf(item.from), endOf(item.to)] as const);
  const isFed = written.some(([, to]) => to.node === target && to.port === taken.id);
  const isUsed = written.some(([from]) => from.node === source && from.port === made.id);
  return (isFed && !taken.many ? FED : 0) + (taken.optional ? 10 : 0) + (isUsed ? 1 : 0);
}

export const linkOf = (from: End, to: End): Connection => ({
  from: `${from.node}.${from.port}`,
  to: `${to.node}.${to.port}`,
});
