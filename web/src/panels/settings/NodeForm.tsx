import { useState } from 'react';
import { usePulling } from '../../canvas/pulling';
import { setSettings } from '../../model/commands';
import { bodyAt, nameOf, nodeAt, parentOf } from '../../model/document';
import { takesOverWire } from '../../model/feeding_settings';
import { below, type PlacedFault } from '../../model/form/faults';
import { formOf } from '../../model/form/form';
import type { Field } from '../../model/form/shape';
import type { NodeInfo } from '../../model/wire';
import { Icon } from '../../parts/Icon';
import { useDocument } from '../../store/document';
import { Connected } from './Connected';
import { FieldRow } from './FieldRow';
import { TimeLimit } from './TimeLimit';
import './Form.css';

interface NodeFormProps {
  path: string;
  info: NodeInfo;
  values: Record<string, unknown>;
  faults: PlacedFault[];
}

/** All settings of a node: what people usually set, and below a fold the others. */
export function NodeForm({ path, info, values, faults }: NodeFormProps) {
  const { main, more } = formOf(info);
  const [isOpen, setOpen] = useState(false);
  const sources = useSources(path);
  const pull = usePulling((pulling) => pulling.pull);
  // inputs that are pulled backwards look for outputs; no setting is one
  const look = (setting: string) => {
    if (pull?.direction !== 'out') return '';
    const isFitting = takesOverWire(info, setting, pull.type) && !pull.around.has(nameOf(path));
    return isFitting ? 'fits' : 'no';
  };
  // what was changed or is wrong is never hidden
  const lifted = more.filter(
    (field) =>
      field.name in values || below(faults, field.name).length > 0 || sources.has(field.name),
  );
  const folded = more.filter((field) => !lifted.includes(field));
  const isLimited = useDocument((state) => nodeAt(state.document, path)?.timeout != null);
  // components, inputs and outputs run nothing themselves; a limit that one has can be taken away
  const takesLimit = isLimited || !info.type.startsWith('flow.');
  const hidden = folded.length + Number(takesLimit && !isLimited);

  const row = (field: Field) => {
    const source = sources.get(field.name);
    return (
      <FieldRow
        faults={below(faults, field.name)}
        drop={{ node: path, setting: field.name, look: look(field.name) }}
        field={field}
        id={`fe-set-${path.replaceAll('/', '.')}.${field.name}`}
        instead={source && <Connected from={source} path={path} setting={field.name} />}
        key={field.name}
        onChange={(value) =>
          useDocument.getState().apply(setSettings(path, { [field.name]: value }))
        }
        value={values[field.name]}
      />
    );
  };

  if (!main.length && !more.length)
    return <p className="fe-set-note">This node has nothing to set.</p>;
  return (
    <form
      aria-label="Settings of the node"
      className="fe-set-form"
      onSubmit={(event) => event.preventDefault()}
    >
      {main.map(row)}
      {!isOpen && lifted.map(row)}
      {!isOpen && isLimited && <TimeLimit path={path} />}
      {(isOpen || hidden > 0) && (
        <button
          aria-expanded={isOpen}
          className="fe-set-more"
          onClick={() => setOpen(!isOpen)}
          type="button"
        >
          <Icon name={isOpen ? 'chevronUp' : 'chevronDown'} size={14} />
          {isOpen ? 'Fewer settings' : `${hidden} more ${hidden === 1 ? 'setting' : 'settings'}`}
        </button>
      )}
      {/* all of them, so that none moves away under the hand that changes it */}
      {isOpen && more.map(row)}
      {isOpen && takesLimit && <TimeLimit path={path} />}
    </form>
  );
}

/** Return where settings come from that are fed by a connection. */
function useSources(path: string): Map<string, string> {
  const connections = useDocument((state) =>
    state.document ? bodyAt(state.document, parentOf(path))?.connections : undefined,
  );
  const start = `${nameOf(path)}.`;
  return new Map(
    (connections ?? [])
      .filter((wire) => wire.to.startsWith(start))
      .map((wire) => [wire.to.slice(start.length), wire.from]),
  );
}
