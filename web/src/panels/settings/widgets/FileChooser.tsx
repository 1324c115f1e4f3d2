import { useEffect, useState } from 'react';
import { baseName, folderOf } from '../../../model/form/paths';
import type { FileShape } from '../../../model/form/shape';
import { bytes } from '../../../model/form/words';
import type { FileLine, Folder } from '../../../model/wire';
import { Button } from '../../../parts/Button';
import { Icon } from '../../../parts/Icon';
import { address, get, sentenceOf } from '../../../store/server';
import { UploadButton } from './UploadButton';

interface FileChooserProps {
  shape: FileShape;
  /** Folder of the workspace that is shown first. */
  start: string;
  onChoose: (path: string) => void;
  onClose: () => void;
}

/** The files of the workspace, folder by folder. */
export function FileChooser({ shape, start, onChoose, onClose }: FileChooserProps) {
  const [at, setAt] = useState(start);
  const [folder, setFolder] = useState<Folder | null>(null);
  const [fault, setFault] = useState('');
  const suffixes = shape.suffixes.join(',') || undefined;

  useEffect(() => {
    const leaving = new AbortController();
    get<Folder>(address(['files'], { folder: at, suffixes }), leaving.signal)
      .then((found) => {
        setFolder(found);
        setFault('');
      })
      .catch((error: unknown) => {
        if (leaving.signal.aborted) return;
        // a path that was typed may name a folder that is not there
        if (at) setAt('');
        else setFault(sentenceOf(error));
      });
    return () => leaving.abort();
  }, [at, suffixes]);

  return (
    <section
      aria-label="Files of the workspace"
      className="fe-set-files"
      onKeyDown={(event) => {
        if (event.key !== 'Escape') return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header>
        <button disabled={!at} onClick={() => setAt(folderOf(at))} type="button">
          <Icon name="arrowLeft" size={14} />
          <span>{at || 'workspace'}</span>
        </button>
        {shape.mode === 'read_any' && at && (
          <Button look="quiet" onClick={() => onChoose(at)}>
            Take folder
          </Button>
        )}
      </header>
      <div className="fe-set-files-list">
        {fault && <p className="fe-set-fault">{fault}</p>}
        {folder?.files.map((file) => (
          <FileRow file={file} key={file.path} onChoose={onChoose} onOpen={setAt} />
        ))}
        {folder?.files.length === 0 && (
          <p className="fe-set-twin-empty">
            No {suffixes ? shape.suffixes.join(', ') : 'files'} here.
          </p>
        )}
      </div>
      {shape.mode !== 'write' && (
        <UploadButton
          folder={at}
          onDone={(name) => onChoose(at ? `${at}/${name}` : name)}
          suffixes={shape.suffixes}
        />
      )}
    </section>
  );
}

interface FileRowProps {
  file: FileLine;
  onChoose: (path: string) => void;
  onOpen: (path: string) => void;
}

function FileRow({ file, onChoose, onOpen }: FileRowProps) {
  return (
    <button
      className="fe-set-files-row"
      onClick={() => (file.is_folder ? onOpen(file.path) : onChoose(file.path))}
      type="button"
    >
      <Icon name={file.is_folder ? 'folder' : 'file'} size={15} />
      <span>{file.name || baseName(file.path)}</span>
      {!file.is_folder && <span className="fe-set-badge">{bytes(file.size)}</span>}
    </button>
  );
}
