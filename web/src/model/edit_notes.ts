/** Commands on annotations. */

import type { Command } from './commands';
import { type Annotation, type Body, withBody } from './document';
import { Refusal } from './refusal';

export const NOTE_COLOURS = ['plain', 'yellow', 'green', 'blue', 'red'] as const;

export function addNote(component: string, note: Annotation): Command {
  return {
    label: 'Add a note',
    apply: (document) =>
      withBody(document, component, (body) => ({
        ...body,
        annotations: [...(body.annotations ?? []), note],
      })),
  };
}

export const setNoteText = (component: string, id: string, text: string): Command =>
  changeNote(component, id, 'Write a note', { text });

export const setNoteColour = (component: string, id: string, colour: string): Command =>
  changeNote(component, id, 'Colour a note', { colour });

export function freshNoteId(body: Body | undefined): string {
  const taken = new Set((body?.annotations ?? []).map(({ id }) => id));
  for (let number = 1; ; number++) if (!taken.has(`note_${number}`)) return `note_${number}`;
}

function changeNote(
  component: string,
  id: string,
  label: string,
  change: Partial<Annotation>,
): Command {
  return {
    label,
    apply: (document) =>
      withBody(document, component, (body) => {
        if (!body.annotations?.some((note) => note.id === id))
          throw new Refusal('There is no such note any more.');
        return {
          ...body,
          annotations: body.annotations.map((note) =>
            note.id === id ? { ...note, ...change } : note,
          ),
        };
      }),
  };
}
