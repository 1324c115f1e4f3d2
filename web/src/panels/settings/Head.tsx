import { useId, useState } from 'react';
import { followRename } from '../../canvas/renaming';
import { bodyAt, nameOf, parentOf } from '../../model/document';
import { nameFault, renameNode } from '../../model/edit_nodes';
import { PackIcon } from '../../parts/PackIcon';
import { packOf } from '../../store/catalogue';
import { useDocument } from '../../store/document';
import { HeadActions } from './HeadActions';
import { StateLine } from './StateLine';

interface HeadProps {
  path: string;
  type: string;
  title: string;
}

/** Which node it is, how it stands, and what can be done with it. */
export function Head({ path, type, title }: HeadProps) {
  return (
    <header className="fe-set-head">
      <PackIcon pack={packOf(type)} size={22} />
      <div className="fe-set-head-names">
        <h2 title={type}>{title}</h2>
        <Name key={path} path={path} />
      </div>
      <HeadActions path={path} />
      <StateLine path={path} />
    </header>
  );
}

/** The node's id, changed in place; its connections follow. */
function Name({ path }: { path: string }) {
  const name = nameOf(path);
  const [draft, setDraft] = useState(name);
  const body = useDocument((state) =>
    state.document ? bodyAt(state.document, parentOf(path)) : undefined,
  );
  const fault = nameFault(body, draft, name);
  const told = useId();

  function leave(): void {
    // what cannot be its name stays as it was typed, with the reason
    if (draft === name || fault) return;
    if (!useDocument.getState().apply(renameNode(path, draft))) setDraft(name);
    else followRename(path, draft);
  }

  return (
    <>
      <input
        aria-describedby={fault ? told : undefined}
        aria-invalid={fault !== '' || undefined}
        aria-label="Name of the node"
        className="fe-set-head-name"
        onBlur={leave}
        onChange={(event) => setDraft(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && !fault) event.currentTarget.blur();
          if (event.key !== 'Escape' || draft === name) return;
          setDraft(name);
          event.stopPropagation();
        }}
        spellCheck={false}
        title="Rename"
        value={draft}
      />
      {fault && (
        <p className="fe-set-fault" id={told}>
          {fault}
        </p>
      )}
    </>
  );
}
