import { useDeferredValue, useMemo, useRef, useState } from 'react';
import { SearchField } from '../../parts/SearchField';
import { useCatalogue } from '../../store/catalogue';
import { useView } from '../../store/view';
import { grouped } from './groups';
import { Packs } from './Packs';
import './Palette.css';
import { resultRows, rowsOf } from './rows';
import { search } from './search';
import { Tree } from './Tree';
import { useShut } from './useShut';

/** The palette: every node type by pack, to be searched, dragged and added. */
export function Palette() {
  const catalogue = useCatalogue((state) => state.catalogue);
  const isNarrow = useView((state) => state.collapsed.palette);
  const setCollapsed = useView((state) => state.setCollapsed);
  const [text, setText] = useState('');
  const wanted = useDeferredValue(text.trim());
  const tree = useRef<HTMLDivElement>(null);
  const packs = useMemo(
    () => (catalogue ? grouped(catalogue.packs, catalogue.nodes) : []),
    [catalogue],
  );
  const folded = packs.flatMap(({ groups }) =>
    groups.filter((group) => group.title).map((group) => group.id),
  );
  const [shut, setOpen] = useShut(folded);

  if (isNarrow)
    return (
      <Packs
        onOpen={(id) => {
          setCollapsed('palette', false);
          setOpen(id, true);
          requestAnimationFrame(() => document.getElementById(`fe-pack-${id}`)?.scrollIntoView());
        }}
        packs={packs}
      />
    );
  const rows = wanted ? resultRows(search(catalogue?.nodes ?? [], wanted)) : rowsOf(packs, shut);
  return (
    <nav aria-label="Palette" className="fe-palette">
      <SearchField
        className="fe-palette-search"
        label="Search nodes"
        onChange={setText}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && text) {
            event.stopPropagation();
            setText('');
          } else if (event.key === 'ArrowDown' || event.key === 'Enter') {
            event.preventDefault();
            tree.current?.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
          }
        }}
        placeholder="Search nodes"
        value={text}
      />
      {catalogue && rows.length === 0 && (
        <p className="fe-palette-empty">
          No node is called “{wanted}”. Try what it does, such as <em>split</em> or <em>train</em>.
        </p>
      )}
      <Tree isSearch={wanted !== ''} ref={tree} rows={rows} setOpen={setOpen} />
    </nav>
  );
}
