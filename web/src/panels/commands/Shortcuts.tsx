import { ACTIONS } from '../../actions';
import type { Action } from '../../actions/action';
import { shown } from '../../actions/keys';
import { IconButton } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { useView } from '../../store/view';
import './Shortcuts.css';

const GROUPS: Action['group'][] = ['Run', 'Edit', 'Nodes', 'Canvas', 'View', 'Help'];

/** All keys. */
export default function Shortcuts() {
  const close = () => useView.getState().setDialogs({ shortcuts: false });
  return (
    <Dialog label="Keyboard shortcuts" className="fe-shortcuts" onClose={close}>
      <div className="fe-shortcuts-head">
        <h2>Keyboard shortcuts</h2>
        <IconButton icon="close" label="Close" onClick={close} />
      </div>
      <div className="fe-shortcuts-groups">
        {GROUPS.map((group) => (
          <section key={group}>
            <h3>{group}</h3>
            <dl>
              {ACTIONS.filter((action) => action.group === group && action.keys).map((action) => (
                <div key={action.id} className="fe-shortcuts-line">
                  <dt>{action.label}</dt>
                  <dd>
                    {action.keys?.map((keys) => (
                      <kbd key={keys} className="fe-key">
                        {shown(keys)}
                      </kbd>
                    ))}
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
