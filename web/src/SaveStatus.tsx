import { Icon } from './parts/Icon';
import { Tooltip } from './parts/Tooltip';
import { forgetLost, type Saving, useDocument } from './store/document';

const WORDS: Record<Saving, string> = {
  saved: '',
  saving: '',
  unsaved: '',
  offline: 'offline',
  conflict: 'taking in changes…',
};

/** Whether all is saved; it speaks up only when something keeps it from being so. */
export function SaveStatus() {
  const saving = useDocument((state) => state.saving);
  const lost = useDocument((state) => state.lost);
  return (
    <span className="fe-save-status" role="status" data-saving={saving}>
      {saving === 'offline' && (
        <Tooltip text="The server cannot be reached. What you do is kept here and saved as soon as it can be.">
          <span className="fe-save-warn">
            <Icon name="warning" size={14} /> {WORDS.offline}
          </span>
        </Tooltip>
      )}
      {saving !== 'offline' && WORDS[saving]}
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
