/** The palette's order: packs, and in them the groups of their folders. */

import type { NodeInfo, PackInfo } from '../../model/wire';

export interface Group {
  id: string;
  title: string;
  nodes: NodeInfo[];
}

export interface PackGroup {
  pack: PackInfo;
  /** Nodes outside of any group come first, under an empty title. */
  groups: Group[];
  count: number;
}

export const packOf = (type: string): string => type.slice(0, type.indexOf('.'));

/** Return the packs that have nodes or a fault, with their nodes by group. */
export function grouped(packs: PackInfo[], nodes: NodeInfo[]): PackGroup[] {
  const known = new Set(packs.map((pack) => pack.id));
  const others = [...new Set(nodes.map((info) => packOf(info.type)))].filter(
    (id) => !known.has(id),
  );
  return [...packs, ...others.map(unnamed)]
    .map((pack) => {
      const own = nodes.filter((info) => packOf(info.type) === pack.id);
      return { pack, groups: groupsOf(pack.id, own), count: own.length };
    })
    .filter(({ pack, count }) => count > 0 || pack.fault !== '');
}

function groupsOf(pack: string, nodes: NodeInfo[]): Group[] {
  const names = [...new Set(nodes.map((info) => info.group))].sort((a, b) =>
    a === '' ? -1 : b === '' ? 1 : 0,
  );
  return names.map((name) => ({
    id: `${pack}/${name}`,
    title: name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' '),
    nodes: nodes.filter((info) => info.group === name),
  }));
}

const unnamed = (id: string): PackInfo => ({ id, title: id, summary: '', icon: '', fault: '' });
