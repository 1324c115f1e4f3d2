import { type Command, setSettings } from '../../model/commands';
import { nameOf, nodeAt, settingsOf } from '../../model/document';
import { sharedFields } from '../../model/form/shared';
import { same } from '../../model/form/value';
import { told } from '../../model/form/words';
import type { NodeInfo } from '../../model/wire';
import { useCatalogue } from '../../store/catalogue';
import { useDocument } from '../../store/document';
import { FieldRow } from './FieldRow';
import './Form.css';
import { FormScopeOf } from './FormScopeOf';

/** Several nodes: the settings all of them have, set for all at once. */
export function SeveralPanel({ paths }: { paths: string[] }) {
  const document = useDocument((state) => state.document);
  const infos = useCatalogue((state) => state.infos);
  const entries = paths.map((path) => nodeAt(document, path));
  const known = entries.map((entry) => infos.get(entry?.type ?? ''));
  const fields = known.every((info): info is NodeInfo => info !== undefined)
    ? sharedFields(known)
    : [];
  return (
    <>
      <header className="fe-set-head">
        <div className="fe-set-head-names">
          <h2>{paths.length} nodes</h2>
          <p className="fe-set-head-note">{paths.map(nameOf).join(', ')}</p>
        </div>
      </header>
      <div className="fe-settings-body">
        {fields.length === 0 && (
          <p className="fe-set-note">These nodes have no setting in common.</p>
        )}
        <FormScopeOf path={paths[0] ?? ''} type={entries[0]?.type ?? ''}>
          <form className="fe-set-form" onSubmit={(event) => event.preventDefault()}>
            {fields.map((field) => {
              const values = entries.map((entry) => settingsOf(entry)[field.name]);
              const differ = values.some((value) => !same(value, values[0]));
              const shown = values.map((value) =>
                told(value === undefined ? field.fallback : value),
              );
              return (
                <FieldRow
                  faults={[]}
                  field={
                    differ ? { ...field, required: false, help: `Now ${listed(shown)}.` } : field
                  }
                  id={`fe-all-${field.name}`}
                  key={field.name}
                  onChange={(value) =>
                    useDocument.getState().apply(setAll(paths, field.name, value))
                  }
                  value={differ ? undefined : values[0]}
                />
              );
            })}
          </form>
        </FormScopeOf>
      </div>
    </>
  );
}

function setAll(paths: string[], name: string, value: unknown): Command {
  const commands = paths.map((path) => setSettings(path, { [name]: value }));
  return {
    label: `Set ${name} of ${paths.length} nodes`,
    merge: `${paths.join(',')}.${name}`,
    apply: (document) => commands.reduce((result, command) => command.apply(result), document),
  };
}

const listed = (texts: string[]): string => [...new Set(texts)].join(', ');
