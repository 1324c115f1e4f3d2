/** What can be done with the workflows of the workspace. */

import { emptyDocument } from '../model/document';
import { baseName } from '../model/form/paths';
import type { WorkflowCard } from '../model/wire';
import { go } from '../store/route';
import { address, post, put, remove, request, sentenceOf, upload } from '../store/server';
import { toast } from '../store/toast';
import { pathFor } from './find';

/** Make an empty workflow and open it; returns why it could not be made. */
export async function create(path: string, name: string): Promise<string> {
  try {
    await put(address(['workflows', path]), emptyDocument(name), { 'If-None-Match': '*' });
    go(path);
    return '';
  } catch (error) {
    return sentenceOf(error);
  }
}

/** Copy a workflow or sample beside it. */
export async function copyOf(card: WorkflowCard, taken: string[]): Promise<void> {
  await attempt(async () => {
    const target = await copied(card, taken);
    toast(`Copied to ${target}`, 'success', { label: 'Open', perform: () => go(target) });
  });
}

/** Open a sample of the lecture: it is copied into the workspace first. */
export async function openSample(card: WorkflowCard, taken: string[]): Promise<void> {
  await attempt(async () => go(await copied(card, taken)));
}

/** Delete a workflow; its file lies in the trash, from where it can come back. */
export async function moveToTrash(card: WorkflowCard): Promise<void> {
  await attempt(async () => {
    // as it stands: what is no workflow can be deleted too, and brought back
    const known = await request(address(['workflows', card.path], { plain: 1 }));
    const text = await known.text();
    const etag = known.headers.get('ETag') ?? '';
    await remove(address(['workflows', card.path]), { 'If-Match': etag });
    toast(`${card.name} is deleted.`, 'info', {
      label: 'Undo',
      perform: () => void attempt(() => bringBack(card.path, text)),
    });
  });
}

async function bringBack(path: string, text: string): Promise<void> {
  await upload(path, new Blob([text]));
  // the page reads the workspace again when it is looked at again
  window.dispatchEvent(new Event('focus'));
}

async function copied(card: WorkflowCard, taken: string[]): Promise<string> {
  const stem = baseName(card.path.slice(card.path.indexOf(':') + 1)).replace(/\.json$/, '');
  const folder = card.path.includes(':')
    ? ''
    : card.path.slice(0, Math.max(0, card.path.lastIndexOf('/')));
  const target = pathFor(stem, taken, folder);
  await post(address(['copy']), { source: card.path, target });
  return target;
}

async function attempt(action: () => Promise<void> | void): Promise<void> {
  try {
    await action();
  } catch (error) {
    toast(sentenceOf(error), 'error');
  }
}
