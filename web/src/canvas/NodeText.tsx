import { useRef, useState } from 'react';
import { nameOf } from '../model/document';
import { renameNode, setComment } from '../model/edit_nodes';
import { useDocument } from '../store/document';
import { useView } from '../store/view';
import { refocusCanvas } from './focus';
import { followRename } from './renaming';

const finish = (): void => {
  useView.getState().setEditing(null);
  refocusCanvas();
};

/** The comment under a node, and the field in which it is written. */
export function Comment({ path, text }: { path: string; text: string }) {
  const isWritten = useView(
    (view) => view.editing?.path === path && view.editing.what === 'comment',
  );
  if (isWritten) return <CommentField path={path} text={text} />;
  return text ? <span className="fe-comment">{text}</span> : null;
}

function CommentField({ path, text }: { path: string; text: string }) {
  const [value, setValue] = useState(text);
  const isTaken = useRef(false);
  const take = () => {
    // the field loses the focus when it goes away, which would take its text twice
    if (isTaken.current) return;
    isTaken.current = true;
    if (value.trim() !== text) useDocument.getState().apply(setComment(path, value));
    finish();
  };
  return (
    <textarea
      className="fe-comment-field nodrag nopan nowheel"
      aria-label={`Comment of ${nameOf(path)}`}
      value={value}
      // the field is what was asked for
      // biome-ignore lint/a11y/noAutofocus: F2 asks for this field
      autoFocus
      onFocus={(event) => event.target.setSelectionRange(text.length, text.length)}
      onChange={(event) => setValue(event.target.value)}
      onBlur={take}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') {
          isTaken.current = true;
          finish();
        }
        if (event.key === 'Enter' && !event.shiftKey) {
          event.preventDefault();
          take();
        }
      }}
    />
  );
}

/** The field in which a node's id is written. */
export function NameField({ path }: { path: string }) {
  const [value, setValue] = useState(nameOf(path));
  const isTaken = useRef(false);
  const take = (isLeft: boolean) => {
    if (isTaken.current) return;
    const isOther = value !== nameOf(path);
    const isDone = isOther && useDocument.getState().apply(renameNode(path, value));
    // a name that was refused, with the reason, can be mended
    if (isOther && !isDone && !isLeft) return;
    isTaken.current = true;
    if (isDone) followRename(path, value);
    finish();
  };
  return (
    <input
      className="fe-name-field nodrag nopan"
      aria-label={`Name of ${nameOf(path)}`}
      value={value}
      // biome-ignore lint/a11y/noAutofocus: Shift+F2 asks for this field
      autoFocus
      spellCheck={false}
      onFocus={(event) => event.target.select()}
      onChange={(event) => setValue(event.target.value)}
      onBlur={() => take(true)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') {
          isTaken.current = true;
          finish();
        }
        if (event.key === 'Enter') take(false);
      }}
    />
  );
}
