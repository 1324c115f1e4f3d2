import { type NodeProps, NodeResizer } from '@xyflow/react';
import { memo, useState } from 'react';
import { moveParts } from '../model/edit_graph';
import { setNoteText } from '../model/edit_notes';
import { useDocument } from '../store/document';
import { useView } from '../store/view';
import { refocusCanvas } from './focus';
import type { NoteNode } from './items';
import { MarkedText } from './MarkedText';
import './Note.css';

/** A note behind the nodes; a double-click or F2 writes it. */
export const Note = memo(function Note({ data, selected }: NodeProps<NoteNode>) {
  const { note } = data;
  const isWritten = useView(
    (view) => view.editing?.what === 'note' && view.editing.path === note.id,
  );
  return (
    <>
      <NodeResizer
        isVisible={selected}
        minWidth={96}
        minHeight={48}
        onResizeEnd={(_, { x, y, width, height }) =>
          useDocument
            .getState()
            .apply(
              moveParts(
                useView.getState().component,
                {},
                { [note.id]: [x, y, width, height].map(Math.round) as typeof note.place },
                { label: 'Resize a note' },
              ),
            )
        }
      />
      <div
        className={`fe-annotation fe-annotation-${note.colour ?? 'plain'}${selected ? ' fe-annotation-chosen' : ''}`}
      >
        {isWritten ? <NoteField id={note.id} text={note.text} /> : <MarkedText text={note.text} />}
      </div>
    </>
  );
});

function NoteField({ id, text }: { id: string; text: string }) {
  const [value, setValue] = useState(text);
  const take = () => {
    const { component, setEditing } = useView.getState();
    if (value !== text) useDocument.getState().apply(setNoteText(component, id, value));
    setEditing(null);
    refocusCanvas();
  };
  return (
    <textarea
      className="fe-annotation-field nodrag nopan nowheel"
      aria-label="Text of the note"
      placeholder="**bold**, # heading, - list"
      value={value}
      // biome-ignore lint/a11y/noAutofocus: asked for by F2, a double-click or a new note
      autoFocus
      onChange={(event) => setValue(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') take();
      }}
    />
  );
}
