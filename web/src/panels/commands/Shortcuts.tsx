import { ACTIONS } from '../../actions';
import type { Action } from '../../actions/action';
import { shown } from '../../actions/keys';
import { IconButton } from '../../parts/Button';
import { Dialog } from '../../parts/Dialog';
import { useView } from '../../store/view';
import './Shortcuts.css';

const GROUPS: Action['group'][] = ['Run', 'Edit', 'Nodes', 'Canvas', 'View', 'Help'];

const BY_MOUSE: [doing: string, does: string][] = [
  ['Double-click', 'Add a node here; on a card, its settings'],
  ['Drag from a port', 'Connect, or see what fits'],
  ['Drop on a wire', 'Insert a node'],
  ['Drop on a card', 'Replace a node'],
  ['Shift+drag', 'Select what lies in a field'],
  ['Shift+click', 'Select one more'],
  ['Drag, or Space+drag', 'Move the view'],
  ['Wheel', 'Zoom'],
  ['Right click', 'Commands of what is there'],
];

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
        <section>
          <h3>By mouse</h3>
          <dl>
            {BY_MOUSE.map(([doing, does]) => (
              <div key={doing} className="fe-shortcuts-line">
                <dt>{does}</dt>
                <dd className="fe-shortcuts-mouse">{doing}</dd>
              </div>
            ))}
          </dl>
        </section>
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
