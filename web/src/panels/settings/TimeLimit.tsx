import { nodeAt } from '../../model/document';
import { setTimeLimit } from '../../model/edit_nodes';
import type { Field } from '../../model/form/shape';
import { useDocument } from '../../store/document';
import { FieldRow } from './FieldRow';

/** Every node has one, beside its own settings. */
const FIELD: Field = {
  name: 'timeout',
  label: 'Time limit',
  help: 'Seconds after which the node is ended as failed; by default it may take as long as it needs.',
  required: false,
  nullable: true,
  fallback: null,
  shape: { kind: 'number', integer: false, above: 0 },
};

/** After how many seconds a node is ended. */
export function TimeLimit({ path }: { path: string }) {
  const value = useDocument((state) => nodeAt(state.document, path)?.timeout ?? undefined);
  return (
    <FieldRow
      faults={[]}
      field={FIELD}
      id={`fe-set-${path.replaceAll('/', '.')}.$timeout`}
      isPlain
      onChange={(seconds) => useDocument.getState().apply(setTimeLimit(path, seconds))}
      value={value}
    />
  );
}
