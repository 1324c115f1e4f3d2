import { useMemo, useRef, useState } from 'react';
import { ACTIONS } from '../../actions';
import type { Action } from '../../actions/action';
import { shown } from '../../actions/keys';
import { showNode } from '../../actions/show';
import { type Body, isInline, join, parentOf } from '../../model/document';
import { Dialog } from '../../parts/Dialog';
import { Icon } from '../../parts/Icon';
import { PackIcon } from '../../parts/PackIcon';
import { packOf, useCatalogue } from '../../store/catalogue';
import { useDocument } from '../../store/document';
import { useView } from '../../store/view';
import './Commands.css';

interface Line {
  id: string;
  label: string;
  hint: string;
  action?: Action;
  type?: string;
  perform(): void;
  /** What Shift+Enter does: select a node beside those that are selected. */
  add?(): void;
}

const MOST = 50;

/** Everything the editor can do, and every node of the workflow, found by typing. */
export default function Commands() {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const lines = useMemo(() => [...commandLines(), ...nodeLines()], []);
  const found = useMemo(() => matching(lines, text).slice(0, MOST), [lines, text]);

  const close = () => useView.getState().setDialogs({ commands: false });
  const perform = (line: Line | undefined, isMore = false) => {
    if (!line) return;
    close();
    // the focus goes back first, so that the action finds what it was called for
    requestAnimationFrame((isMore && line.add) || line.perform);
  };
  const go = (index: number) => {
    const next = Math.max(0, Math.min(found.length - 1, index));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };

  return (
    <Dialog label="Commands" className="fe-commands" onClose={close}>
      <div className="fe-commands-field">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="fe-commands-list"
          aria-activedescendant={found[active] ? `fe-command-${active}` : undefined}
          aria-label="Search commands and nodes"
          placeholder="Search commands and nodes…"
          value={text}
          autoFocus
          spellCheck={false}
          onChange={(event) => {
            setText(event.target.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            if (event.key === 'ArrowDown') go(active + 1);
            else if (event.key === 'ArrowUp') go(active - 1);
            else if (event.key === 'Enter') perform(found[active], event.shiftKey);
            else return;
            event.preventDefault();
          }}
        />
      </div>
      <div
        ref={list}
        id="fe-commands-list"
        role="listbox"
        aria-label="Commands"
        className="fe-commands-list"
      >
        {found.map((line, index) => (
          <button
            key={line.id}
            id={`fe-command-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className="fe-commands-line"
            onPointerMove={() => setActive(index)}
            onClick={(event) => perform(line, event.shiftKey)}
          >
            <span className="fe-commands-icon">
              {line.type ? (
                <PackIcon pack={packOf(line.type)} size={16} />
              ) : (
                line.action?.icon && <Icon name={line.action.icon} />
              )}
            </span>
            <span className="fe-commands-label">{line.label}</span>
            <span className="fe-commands-hint">{line.hint}</span>
          </button>
        ))}
        {found.length === 0 && <p className="fe-commands-none">Nothing is called “{text}”.</p>}
      </div>
      {found[active]?.add && (
        <p className="fe-commands-keys">Enter goes there, Shift+Enter selects it as well.</p>
      )}
    </Dialog>
  );
}

const commandLines = (): Line[] =>
  ACTIONS.filter((action) => action.enabled() && !action.id.startsWith('walk.')).map((action) => ({
    id: action.id,
    label: action.label,
    hint: shown(action.keys?.[0]) ?? '',
    action,
    perform: action.perform,
  }));

/** The nodes of the workflow and of the components in it. */
function nodeLines(): Line[] {
  const { document } = useDocument.getState();
  const { infos } = useCatalogue.getState();
  const lines: Line[] = [];
  const collect = (body: Body, component: string): void => {
    for (const [name, entry] of Object.entries(body.nodes ?? {})) {
      const path = join(component, name);
      lines.push({
        id: `node ${path}`,
        label: path,
        hint: infos.get(entry.type)?.title ?? entry.type,
        type: entry.type,
        perform: () => showNode(path),
        add: () => addToSelection(path),
      });
      if (isInline(entry)) collect(entry, path);
    }
  };
  if (document) collect(document, '');
  return lines;
}

/** Select a node as well; one of another component stands alone. */
function addToSelection(path: string): void {
  const { component, selection, select } = useView.getState();
  const isBeside = parentOf(path) === component;
  if (isBeside) select([...selection.filter((item) => item !== path), path]);
  else showNode(path);
}

/** Lines with all words, those that begin with the text first. */
function matching(lines: Line[], text: string): Line[] {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = ({ label, hint }: Line): number => {
    const name = label.toLowerCase();
    const all = `${name} ${hint.toLowerCase()}`;
    if (!words.every((word) => all.includes(word))) return -1;
    if (name.startsWith(words[0] ?? '')) return 2;
    return words.every((word) => name.includes(word)) ? 1 : 0;
  };
  return lines
    .map((line) => ({ line, rank: rank(line) }))
    .filter((item) => item.rank >= 0)
    .sort((one, other) => (words.length ? other.rank - one.rank : 0))
    .map(({ line }) => line);
}
