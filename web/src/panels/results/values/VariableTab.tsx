import type { VariableView } from '../../../model/wire';
import { JsonTree } from './JsonTree';
import './values.css';

/** The value of a variable. */
export default function VariableTab({ view }: { view: VariableView }) {
  return (
    <div className="fe-tree">
      <JsonTree value={view.value} />
    </div>
  );
}
