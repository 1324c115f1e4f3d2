/** What can be done with an earlier run. */

import type { Document } from '../../model/document';
import type { RunCard } from '../../model/wire';
import { saveBlob } from '../../parts/saving';
import { useDocument } from '../../store/document';
import { address, get, request, sentenceOf } from '../../store/server';
import { toast } from '../../store/toast';
import { lostNodes, restoreSettings } from './restore';

/** Give the workflow the settings it had in a run, as one step that can be undone. */
export async function restoreRun(card: RunCard, when: string): Promise<void> {
  try {
    const then = await get<Document>(address(['runs', card.id, 'document']));
    const { document, apply, undo } = useDocument.getState();
    if (!document || !apply(restoreSettings(then, when))) return;
    const lost = lostNodes(document, then);
    const sentence = `The settings are those of ${when} again.`;
    const missing = lost.length ? ` Not in the workflow any more: ${lost.join(', ')}.` : '';
    toast(sentence + missing, lost.length ? 'warning' : 'success', {
      label: 'Undo',
      perform: undo,
    });
  } catch (error) {
    toast(sentenceOf(error), 'error');
  }
}

/** Save a report of a run that stands for itself. */
export async function saveReport(card: RunCard): Promise<void> {
  const workflow = useDocument.getState().path;
  if (!workflow) return;
  try {
    const response = await request(address(['export', workflow]), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ format: 'html', run: card.id }),
    });
    const name =
      workflow
        .split('/')
        .at(-1)
        ?.replace(/\.json$/, '') ?? 'report';
    saveBlob(await response.blob(), `${name}_report.html`);
  } catch (error) {
    toast(sentenceOf(error), 'error');
  }
}
