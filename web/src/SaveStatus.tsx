import { Button } from './parts/Button';
import { Icon } from './parts/Icon';
import { Tooltip } from './parts/Tooltip';
import { forgetLost, type Saving, useDocument, writeAnew } from './store/document';

interface Trouble {
  words: string;
  help: string;
  /** What puts an end to it, where that is up to the person. */
  mend?: string;
}

const KEPT = 'What you see and do is kept here';

const TROUBLES: Partial<Record<Saving, Trouble>> = {
  offline: {
    words: 'offline',
    help: `The server cannot be reached. ${KEPT} and saved as soon as it can be.`,
  },
  gone: {
    words: 'deleted or moved',
    help: `Its file is not there any more. ${KEPT}.`,
    mend: 'Save again',
  },
  unreadable: {
    words: 'the file cannot be read',
    help: `${KEPT} and saved as soon as the file can be read again. Replaced, it lies in the workspace’s trash.`,
    mend: 'Replace it',
  },
};

/** Whether all is saved; it speaks up only when something keeps it from being so. */
export function SaveStatus() {
  const { saving, lost, trouble } = useDocument();
  const told = TROUBLES[saving];
  return (
    <span className="fe-save-status" role="status" data-saving={saving}>
      {told && (
        <>
          <Tooltip text={[trouble, told.help].filter(Boolean).join('\n')}>
            <span className="fe-save-warn">
              <Icon name="warning" size={14} /> {told.words}
            </span>
          </Tooltip>
          {told.mend && <Button onClick={() => void writeAnew()}>{told.mend}</Button>}
        </>
      )}
      {saving === 'conflict' && 'taking in changes…'}
      {lost.length > 0 && (
        <Tooltip text={lost.join('\n')}>
          <button type="button" className="fe-crumb fe-save-warn" onClick={forgetLost}>
            {lost.length === 1 ? '1 change did not apply' : `${lost.length} changes did not apply`}
          </button>
        </Tooltip>
      )}
      {saving === 'saved' && lost.length === 0 && <span className="fe-hidden">saved</span>}
    </span>
  );
}
