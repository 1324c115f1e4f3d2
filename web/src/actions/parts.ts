/** Deleting, cutting, copying, pasting, duplicating what is selected. */

import { centre, pointed } from '../canvas/instance';
import { type Clip, clipOf, parsedClip, pasteCommand } from '../model/clipboard';
import { nameOf, type Place } from '../model/document';
import { removeParts } from '../model/edit_graph';
import { variablesAt } from '../model/form/variables';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { toast } from '../store/toast';
import { useView } from '../store/view';
import type { Action } from './action';

const STEP = 32;

const chosenNames = (): string[] => useView.getState().selection.map(nameOf);

const hasParts = (): boolean => {
  const { selection, notes } = useView.getState();
  return selection.length + notes.length > 0;
};

const hasAny = (): boolean => hasParts() || useView.getState().wires.length > 0;

export function removeSelection(): void {
  const { component, wires, notes, select } = useView.getState();
  const names = chosenNames();
  if (useDocument.getState().apply(removeParts(component, names, wires, notes))) select([]);
}

/** The open component, among all workflows. */
const here = (): string => `${useDocument.getState().path}#${useView.getState().component}`;

/** The variables that the nodes of the open component see. */
function seenVariables(): Record<string, unknown> {
  const { document } = useDocument.getState();
  return document ? variablesAt(document, `${sceneNow().component}/`) : {};
}

function chosenClip(): Clip {
  const { body, places } = sceneNow();
  return clipOf(body, here(), places, chosenNames(), useView.getState().notes, seenVariables());
}

/** The text of what is selected, for the clipboard. */
export const copiedText = (): string | undefined =>
  hasParts() ? JSON.stringify(chosenClip(), null, 2) : undefined;

async function copy(): Promise<boolean> {
  const text = copiedText();
  if (text === undefined) return false;
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    toast('The browser does not let the editor write to the clipboard; use Ctrl+C.', 'warning');
    return false;
  }
}

/** Paste what a text holds, or say that it is none of ours. */
export function pasteText(text: string, at?: Place): void {
  const clip = parsedClip(text);
  const isEmpty = !clip || Object.keys(clip.nodes).length + clip.annotations.length === 0;
  if (!isEmpty) paste(clip, at ?? (clip.from === here() ? undefined : centre()));
  else toast('There are no nodes in the clipboard.', 'info');
}

function paste(clip: Clip, at?: Place): void {
  const { component, body } = sceneNow();
  const target = { at, shift: STEP, seen: seenVariables() };
  const { command, names, notes } = pasteCommand(clip, component, body, target);
  if (useDocument.getState().apply(command))
    useView.getState().select(
      names.map((name) => (component ? `${component}/${name}` : name)),
      [],
      notes,
    );
}

export const PART_ACTIONS: Action[] = [
  {
    id: 'edit.cut',
    label: 'Cut',
    icon: 'cut',
    keys: ['Ctrl+X'],
    group: 'Edit',
    enabled: hasParts,
    perform: () => void copy().then((done) => done && removeSelection()),
  },
  {
    id: 'edit.copy',
    label: 'Copy',
    icon: 'copy',
    keys: ['Ctrl+C'],
    group: 'Edit',
    enabled: hasParts,
    perform: () => void copy(),
  },
  {
    id: 'edit.paste',
    label: 'Paste',
    icon: 'paste',
    keys: ['Ctrl+V'],
    group: 'Edit',
    enabled: () => useDocument.getState().document !== null,
    perform: () => {
      const at = pointed() ? centre() : undefined;
      navigator.clipboard
        .readText()
        .then((text) => pasteText(text, at))
        .catch(() =>
          toast('The browser does not let the editor read the clipboard; use Ctrl+V.', 'warning'),
        );
    },
  },
  {
    id: 'edit.duplicate',
    label: 'Duplicate',
    icon: 'duplicate',
    keys: ['Ctrl+D'],
    group: 'Edit',
    enabled: hasParts,
    perform: () => paste(chosenClip()),
  },
  {
    id: 'edit.delete',
    label: 'Delete',
    icon: 'trash',
    keys: ['Delete', 'Backspace'],
    group: 'Edit',
    enabled: hasAny,
    perform: removeSelection,
  },
];
