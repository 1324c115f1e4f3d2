/** The palette's tree as rows one below the other, as far as its branches are open. */

import type { NodeInfo } from '../../model/wire';
import type { PackGroup } from './groups';

export type Row =
  | {
      kind: 'pack' | 'group';
      id: string;
      title: string;
      level: number;
      open: boolean;
      count: number;
      pack: string;
      help: string;
      fault: string;
    }
  | { kind: 'node'; id: string; level: number; info: NodeInfo; parent: string };

/** Return the visible rows; `shut` holds what is folded, packs by id and groups by pack/group. */
export function rowsOf(packs: PackGroup[], shut: Set<string>): Row[] {
  return packs.flatMap(({ pack, groups, count }): Row[] => {
    const open = !shut.has(pack.id);
    const head: Row = {
      kind: 'pack',
      id: pack.id,
      title: pack.title,
      level: 1,
      open,
      count,
      pack: pack.id,
      help: pack.summary,
      fault: pack.fault,
    };
    if (!open) return [head];
    return [
      head,
      ...groups.flatMap((group): Row[] => {
        if (!group.title) return nodesOf(group.nodes, pack.id, 2);
        const isOpen = !shut.has(group.id);
        const row: Row = {
          kind: 'group',
          id: group.id,
          title: group.title,
          level: 2,
          open: isOpen,
          count: group.nodes.length,
          pack: pack.id,
          help: '',
          fault: '',
        };
        return isOpen ? [row, ...nodesOf(group.nodes, group.id, 3)] : [row];
      }),
    ];
  });
}

/** Return rows of what a search found, without branches. */
export function resultRows(nodes: NodeInfo[]): Row[] {
  return nodesOf(nodes, '', 1);
}

function nodesOf(nodes: NodeInfo[], parent: string, level: number): Row[] {
  return nodes.map((info) => ({ kind: 'node', id: info.type, level, info, parent }));
}
