import type { ModelView } from '../../../model/wire';
import type { Place } from '../api';
import { DownloadMenu } from '../DownloadMenu';
import { Toolbar } from '../Toolbar';
import { JsonTree } from './JsonTree';
import './values.css';

/** A model: what kind it is, its settings, the shapes of its tensors. */
export default function ModelTab({ view, place }: { view: ModelView; place: Place }) {
  const tensors = Object.keys(view.tensors).length;
  return (
    <div className="fe-value">
      <Toolbar facts={`${view.model.replaceAll('_', ' ')} · ${tensors} tensors`}>
        <DownloadMenu place={place} formats={['safetensors', 'json']} />
      </Toolbar>
      <div className="fe-tree">
        <h3>Settings</h3>
        <JsonTree value={view.settings} />
        {tensors > 0 && <h3>Tensors</h3>}
        <JsonTree value={view.tensors} />
      </div>
    </div>
  );
}
