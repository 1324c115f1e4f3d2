import { useMemo, useRef, useState } from 'react';
import { addNode } from '../actions/add_node';
import { reveal } from '../actions/walk';
import { nameOf, nodeAt } from '../model/document';
import { type Candidate, fitting } from '../model/ranking';
import { search } from '../panels/palette/search';
import { PackIcon } from '../parts/PackIcon';
import { placed } from '../parts/placing';
import { packOf, useCatalogue } from '../store/catalogue';
import { useDocument } from '../store/document';
import { useHabits } from '../store/habits';
import { sceneNow } from '../store/scene';
import { type QuickAddRequest, useView } from '../store/view';
import './QuickAdd.css';
import { focusCanvas } from './focus';

const MOST = 60;

/** The list of nodes that opens where one is wanted: search, arrows, Enter. */
export function QuickAdd() {
  const request = useView((view) => view.dialogs.quickAdd);
  return request ? <Finder key={request.screen.join()} request={request} /> : null;
}

function Finder({ request }: { request: QuickAddRequest }) {
  const [text, setText] = useState('');
  const [active, setActive] = useState(0);
  const catalogue = useCatalogue((state) => state.catalogue);
  const bodies = useHabits((state) => state.bodies);
  const candidates = useMemo(() => candidatesFor(request), [request, bodies]);
  const list = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => found(candidates, text).slice(0, MOST), [candidates, text]);
  const [x, y] = request.screen;

  const close = () => {
    useView.getState().setDialogs({ quickAdd: null });
    focusCanvas();
  };
  const choose = (candidate: Candidate | undefined) => {
    if (!candidate) return;
    const { from } = request;
    const path = addNode({
      type: candidate.info.type,
      at: request.at,
      ...(from &&
        candidate.port && {
          from: { node: from.path, port: from.port, direction: from.direction, to: candidate.port },
        }),
    });
    const before = document.activeElement;
    close();
    // beside a node at the edge it would stand where nobody sees it
    if (path !== undefined) requestAnimationFrame(() => reveal(nameOf(path), true, before));
  };
  const go = (index: number) => {
    const next = Math.max(0, Math.min(shown.length - 1, index));
    setActive(next);
    list.current?.children[next]?.scrollIntoView({ block: 'nearest' });
  };

  if (!catalogue) return null;
  const current = shown[active];
  return (
    <div
      className="fe-quick"
      role="dialog"
      aria-label="Add a node"
      ref={(element) => placed(element, new DOMRect(x, y, 0, 0), true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) close();
      }}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === 'Escape') close();
        else if (event.key === 'ArrowDown') go(active + 1);
        else if (event.key === 'ArrowUp') go(active - 1);
        else if (event.key === 'Enter') choose(current);
        else if (event.ctrlKey && (event.key === ' ' || event.key === '.')) nextPort(request);
        else return;
        event.preventDefault();
      }}
    >
      <input
        className="fe-quick-field"
        role="combobox"
        aria-expanded="true"
        aria-controls="fe-quick-list"
        aria-activedescendant={current ? `fe-quick-${active}` : undefined}
        aria-label="Search nodes to add"
        placeholder={
          request.from ? `For ${request.from.path}.${request.from.port}…` : 'Search nodes…'
        }
        value={text}
        // biome-ignore lint/a11y/noAutofocus: the list was opened to type in
        autoFocus
        spellCheck={false}
        onChange={(event) => {
          setText(event.target.value);
          setActive(0);
        }}
      />
      <div
        ref={list}
        id="fe-quick-list"
        role="listbox"
        aria-label="Nodes"
        className="fe-quick-list"
      >
        {shown.map((candidate, index) => (
          <button
            key={candidate.info.type}
            id={`fe-quick-${index}`}
            type="button"
            role="option"
            tabIndex={-1}
            aria-selected={index === active}
            className="fe-quick-item"
            onPointerMove={() => setActive(index)}
            onPointerDown={(event) => event.preventDefault()}
            onClick={() => choose(candidate)}
          >
            <PackIcon pack={packOf(candidate.info.type)} size={17} />
            <span className="fe-quick-title">{candidate.info.title}</span>
            <span className="fe-quick-pack">{packOf(candidate.info.type)}</span>
          </button>
        ))}
      </div>
      <p className="fe-quick-summary">
        {current?.info.summary ??
          (candidates.length ? `Nothing here is called “${text}”.` : 'No node fits this port.')}
      </p>
    </div>
  );
}

/** Take the next port of the same node: what fits there is listed instead. */
function nextPort(request: QuickAddRequest): void {
  const { from } = request;
  const sides = from && sceneNow().ports.get(from.path);
  if (!from || !sides) return;
  const side = from.direction === 'out' ? sides.outputs : sides.inputs;
  const now = side.findIndex(({ id }) => id === from.port);
  const port = side[(now + 1) % side.length]?.id ?? from.port;
  useView.getState().setDialogs({ quickAdd: { ...request, from: { ...from, port } } });
}

function candidatesFor(request: QuickAddRequest): Candidate[] {
  const infos = useCatalogue.getState().catalogue?.nodes ?? [];
  const { from } = request;
  if (!from) return infos.map((info) => ({ info }));
  const { ports, body, component } = sceneNow();
  const sides = ports.get(from.path);
  const port = (from.direction === 'out' ? sides?.outputs : sides?.inputs)?.find(
    (item) => item.id === from.port,
  );
  const { document } = useDocument.getState();
  const type = nodeAt(document, component ? `${component}/${from.path}` : from.path)?.type ?? '';
  return port
    ? fitting(infos, { port, direction: from.direction, type }, [
        body,
        ...useHabits.getState().bodies,
      ])
    : [];
}

function found(candidates: Candidate[], text: string): Candidate[] {
  if (!text.trim()) return candidates;
  const byType = new Map(candidates.map((item) => [item.info.type, item]));
  return search(
    candidates.map(({ info }) => info),
    text,
  ).flatMap((info) => byType.get(info.type) ?? []);
}
