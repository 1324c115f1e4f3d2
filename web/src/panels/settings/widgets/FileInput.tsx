import { useRef, useState } from 'react';
import { folderOf, fromFolder, inWorkspace } from '../../../model/form/paths';
import type { FileShape } from '../../../model/form/shape';
import { IconButton } from '../../../parts/Button';
import { FileChooser } from './FileChooser';
import { aria, useForm, type WidgetProps } from './props';
import { useDraft } from './useDraft';
import './files.css';

/** The path of a file, typed or chosen among those of the workspace. */
export function FileInput(props: WidgetProps<FileShape>) {
  const { shape, value, fallback, onChange } = props;
  const { folder } = useForm();
  const [isOpen, setOpen] = useState(false);
  const draft = useDraft(
    value,
    (known) => (typeof known === 'string' ? known : ''),
    (text) => text || undefined,
    onChange,
  );
  const start = typeof value === 'string' ? inWorkspace(folder, value) : undefined;
  const box = useRef<HTMLDivElement>(null);

  function close(): void {
    setOpen(false);
    box.current?.querySelector('button')?.focus();
  }

  return (
    <div className="fe-set-file" ref={box}>
      <div className="fe-set-file-line">
        <input
          {...aria(props)}
          aria-label={props.label}
          className="fe-set-field"
          onBlur={draft.leave}
          onChange={(event) => draft.type(event.target.value)}
          placeholder={
            typeof fallback === 'string'
              ? fallback
              : shape.mode === 'write'
                ? 'name of a file'
                : 'file in the workspace'
          }
          spellCheck={false}
          value={draft.text}
        />
        <IconButton
          aria-expanded={isOpen}
          icon="folder"
          label={isOpen ? 'Close the list of files' : 'Choose a file'}
          onClick={() => setOpen(!isOpen)}
          onKeyDown={(event) => {
            if (event.key !== 'Escape' || !isOpen) return;
            event.stopPropagation();
            setOpen(false);
          }}
        />
      </div>
      {isOpen && (
        <FileChooser
          onChoose={(path) => {
            onChange(fromFolder(folder, path));
            draft.leave();
            close();
          }}
          onClose={close}
          shape={shape}
          start={start === undefined ? folder : folderOf(start)}
        />
      )}
    </div>
  );
}
