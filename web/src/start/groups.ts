/** The sections of the start page: one's own workflows, and the lecture's, by folder. */

import { baseName, folderOf } from '../model/form/paths';
import type { WorkflowCard, Workspace } from '../model/wire';

export interface Section {
  title: string;
  cards: WorkflowCard[];
}

/** Return the sections in order; folders within have sections of their own. */
export function sections(workflows: WorkflowCard[], samples: WorkflowCard[]): Section[] {
  const own = workflows.filter((card) => !card.is_sample);
  const lecture = [...workflows.filter((card) => card.is_sample), ...samples];
  return [...byFolder(own, 'Workflows'), ...byFolder(lecture, 'From the lecture')];
}

function byFolder(cards: WorkflowCard[], title: string): Section[] {
  const folders = [...new Set(cards.map((card) => folderOf(card.path)))];
  const root = shortest(folders);
  const within = folders.filter((folder) => folder !== root).sort();
  const inFolder = (folder: string): WorkflowCard[] =>
    cards.filter((card) => folderOf(card.path) === folder);
  return [
    { title, cards: inFolder(root) },
    ...within.map((folder) => ({ title: titleOf(folder), cards: inFolder(folder) })),
  ].filter((section) => section.cards.length > 0);
}

function shortest(folders: string[]): string {
  return folders.reduce(
    (best, folder) => (folder.length < best.length ? folder : best),
    folders[0] ?? '',
  );
}

function titleOf(folder: string): string {
  const name = folder.slice(Math.max(folder.lastIndexOf('/'), folder.indexOf(':')) + 1);
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('_', ' ');
}

/** The lecture's samples that the workspace has no copy of. */
export function notYetIn(workspace: Workspace | null): WorkflowCard[] {
  const key = ({ path, name }: WorkflowCard): string =>
    `${baseName(path.slice(path.indexOf(':') + 1))} ${name}`;
  const known = new Set(workspace?.workflows.map(key));
  return (workspace?.samples ?? []).filter((card) => !known.has(key(card)));
}
