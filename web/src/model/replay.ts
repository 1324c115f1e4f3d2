/** Doing commands again on a document that somebody else has changed meanwhile. */

import type { Command } from './commands';
import type { Document } from './document';
import { Refusal } from './refusal';

export interface Replay {
  result: Document;
  /** Commands that could be done. */
  done: Command[];
  /** A sentence for each that could not. */
  lost: string[];
}

export function replayed(document: Document, commands: readonly Command[]): Replay {
  const replay: Replay = { result: document, done: [], lost: [] };
  for (const command of commands) {
    try {
      replay.result = command.apply(replay.result);
      replay.done.push(command);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      replay.lost.push(`${command.label}: ${error.message}`);
    }
  }
  return replay;
}
