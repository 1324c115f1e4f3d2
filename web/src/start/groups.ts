/** The sections of the start page: one's own workflows, and the lecture's, by folder. */

import { folderOf } from '../model/form/paths';
import type { WorkflowCard } from '../model/wire';

export interface Section {
  title: string;
  cards: WorkflowCard[];
}

/** Return the sections in order; folders within the samples have sections of their own. */
export function sections(workflows: WorkflowCard[], samples: WorkflowCard[]): Section[] {
  const own = workflows.filter((card) => !card.is_sample);
  const lecture = [...workflows.filter((card) => card.is_sample), ...samples];
  const root = shortest(lecture.map((card) => folderOf(card.path)));
  const inRoot = lecture.filter((card) => folderOf(card.path) === root);
  const folders = [...new Set(lecture.map((card) => folderOf(card.path)))].filter(
    (folder) => folder !== root,
  );
  return [
    { title: 'Workflows', cards: own },
    { title: 'From the lecture', cards: inRoot },
    ...folders.map((folder) => ({
      title: titleOf(folder),
      cards: lecture.filter((card) => folderOf(card.path) === folder),
    })),
  ].filter(({ cards }) => cards.length > 0);
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
