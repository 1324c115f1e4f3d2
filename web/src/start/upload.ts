/** Workflow files that are dropped on the page. */

import { address, put, ServerError, sentenceOf } from '../store/server';
import { toast } from '../store/toast';

/** Save dropped workflow files in the workspace; one that is there already stays as it is. */
export async function takeWorkflows(files: File[]): Promise<void> {
  for (const file of files) {
    try {
      await put(address(['workflows', file.name]), await documentIn(file), {
        'If-None-Match': '*',
      });
      toast(`${file.name} is in the workspace.`, 'success');
    } catch (error) {
      const isTaken = error instanceof ServerError && error.status === 412;
      toast(
        isTaken ? `There is a ${file.name} already; rename one of them.` : sentenceOf(error),
        'error',
      );
    }
  }
}

async function documentIn(file: File): Promise<unknown> {
  try {
    const content: unknown = JSON.parse(await file.text());
    if (typeof content === 'object' && content !== null && 'flowengine' in content) return content;
  } catch {
    // told below: no JSON is no workflow
  }
  throw new Error(`${file.name} is no workflow: expected a JSON file with "flowengine" in it.`);
}
