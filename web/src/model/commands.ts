/** A command changes the document as a whole, or refuses with a sentence. */

import type { Document } from './document';

export interface Command {
  /** What is done, as a person reads it in the undo button: “Move conv_1”. */
  label: string;
  /** Commands that follow each other with one key are one step of undo (typing in a field). */
  merge?: string;
  apply(document: Document): Document;
}

export { replaceSettings, setSettings } from './edit_settings';
export { renameVariable, setDescription, setName, setSeed, setVariable } from './edit_workflow';
