import { useState } from 'react';
import { renameVariable, setVariable } from '../../model/commands';
import { bodyAt } from '../../model/document';
import { fromText, toText } from '../../model/form/typed';
import { freeName, usesIn } from '../../model/form/variables';
import { Button, IconButton } from '../../parts/Button';
import { useDocument } from '../../store/document';
import { goToNew } from './widgets/keep_focus';
import { useDraft } from './widgets/useDraft';
import './variables.css';

/** The variables of the workflow, or of a component held in line. */
export function Variables({ component }: { component: string }) {
  const body = useDocument((state) =>
    state.document ? bodyAt(state.document, component) : undefined,
  );
  const apply = useDocument((state) => state.apply);
  const variables = body?.variables ?? {};
  const uses = usesIn(body);
  return (
    <section aria-label="Variables" className="fe-set-section">
      <h3>Variables</h3>
      {Object.keys(variables).length === 0 && (
        <p className="fe-set-help">
          A variable holds a value that several settings take, and that a run can be given anew.
        </p>
      )}
      {/* by their places: one that is renamed stays, with whoever is in it */}
      {Object.entries(variables).map(([name, value], index) => (
        <Line
          component={component}
          key={index}
          name={name}
          onDelete={() => apply(setVariable(name, undefined, component))}
          uses={uses.get(name) ?? 0}
          value={value}
        />
      ))}
      <Button
        icon="add"
        look="quiet"
        onClick={(event) => {
          apply(setVariable(freeName(variables), 1, component));
          goToNew(event.currentTarget);
        }}
      >
        Add a variable
      </Button>
    </section>
  );
}

interface LineProps {
  name: string;
  value: unknown;
  uses: number;
  component: string;
  onDelete: () => void;
}

function Line({ name, value, uses, component, onDelete }: LineProps) {
  const apply = useDocument((state) => state.apply);
  const [typed, setTyped] = useState<string | null>(null);
  const draft = useDraft(value, text, read, (next) =>
    apply(setVariable(name, next === undefined ? '' : next, component)),
  );

  function leave(): void {
    // what cannot be its name stays as it was typed, and a message says why
    if (typed === null || typed === name || apply(renameVariable(name, typed, component)))
      setTyped(null);
  }

  return (
    <div className="fe-set-variable-line">
      <input
        aria-label={`Name of variable ${name}`}
        className="fe-set-field"
        onBlur={leave}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => event.key === 'Enter' && event.currentTarget.blur()}
        spellCheck={false}
        value={typed ?? name}
      />
      <input
        aria-label={`Value of variable ${name}`}
        className="fe-set-field"
        onBlur={draft.leave}
        onChange={(event) => draft.type(event.target.value)}
        spellCheck={false}
        value={draft.text}
      />
      <span
        className="fe-set-badge"
        title={`Taken by ${uses} ${uses === 1 ? 'setting' : 'settings'}`}
      >
        {uses}×
      </span>
      <IconButton icon="close" label={`Delete variable ${name}`} onClick={onDelete} size={14} />
    </div>
  );
}

/** Lists and objects are written as JSON, everything else as it is. */
const shapeOf = (isNested: boolean) => ({ kind: isNested ? 'free' : 'scalar' }) as const;
const text = (value: unknown): string => toText(shapeOf(false), value).replaceAll('\n', ' ');
const read = (typed: string): unknown => fromText(shapeOf(/^\s*[[{]/.test(typed)), typed);
