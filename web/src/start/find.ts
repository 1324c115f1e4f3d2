/** Finding workflows by what stands on their cards. */
import type { WorkflowCard } from '../model/wire';

/** Return the cards that have every word of a text in name, description or path. */
export function found(cards: WorkflowCard[], text: string): WorkflowCard[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  return cards.filter((card) => {
    const known = `${card.name} ${card.description} ${card.path}`.toLowerCase();
    return words.every((word) => known.includes(word));
  });
}

/** Letters that a file's name takes of a workflow's. */
const LONGEST = 80;

/** Return a path for a new workflow of a name: “My network” → `my_network.json`. */
export function pathFor(name: string, taken: Iterable<string>, folder = ''): string {
  const stem =
    name
      .normalize('NFKD')
      .replace(/\p{Mark}+/gu, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '_')
      .slice(0, LONGEST)
      .replace(/^_+|_+$/g, '') || 'workflow';
  const known = new Set(taken);
  const start = folder ? `${folder}/` : '';
  let path = `${start}${stem}.json`;
  for (let number = 2; known.has(path); number += 1) path = `${start}${stem}_${number}.json`;
  return path;
}

/** Return the folder where most workflows are, in which a new one belongs. */
export function usualFolder(paths: string[]): string {
  const counts = new Map<string, number>();
  for (const path of paths) {
    const folder = path.slice(0, Math.max(0, path.lastIndexOf('/')));
    counts.set(folder, (counts.get(folder) ?? 0) + 1);
  }
  const [usual] = [...counts].sort((one, other) => other[1] - one[1]);
  return usual?.[0] ?? '';
}
