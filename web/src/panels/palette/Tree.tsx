import { type KeyboardEvent, type Ref, useRef, useState } from 'react';
import type { NodeInfo } from '../../model/wire';
import { addToCentre } from './adding';
import { Card, type CardOf } from './Card';
import { RowItem } from './RowItem';
import type { Row } from './rows';
import { useDrag } from './useDrag';

interface TreeProps {
  rows: Row[];
  isSearch: boolean;
  setOpen: (id: string, open: boolean) => void;
  ref: Ref<HTMLDivElement>;
}

const PAUSE = 350;

/** The rows of the palette; arrow keys walk, Enter adds, a resting pointer shows more. */
export function Tree({ rows, isSearch, setOpen, ref }: TreeProps) {
  const [at, setAt] = useState('');
  const [card, setCard] = useState<CardOf | null>(null);
  const timer = useRef(0);
  const { startDrag, ghost } = useDrag(() => hideCard());
  const current = rows.some((row) => row.id === at) ? at : rows[0]?.id;

  function showCard(info: NodeInfo, element: HTMLElement, pause: number): void {
    window.clearTimeout(timer.current);
    timer.current = window.setTimeout(
      () => setCard({ info, anchor: element.getBoundingClientRect() }),
      card ? 0 : pause,
    );
  }

  function hideCard(): void {
    window.clearTimeout(timer.current);
    setCard(null);
  }

  function walk(event: KeyboardEvent<HTMLElement>): void {
    const index = rows.findIndex((row) => row.id === current);
    const row = rows[index];
    if (!row || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextRow(rows, index, event.key);
    if (next) {
      setAt(next.id);
      const list = event.currentTarget;
      list.querySelector<HTMLElement>(`[data-row="${CSS.escape(next.id)}"]`)?.focus();
    } else if (event.key === 'Enter' || event.key === ' ') {
      if (row.kind === 'node') addToCentre(row.info.type);
      else setOpen(row.id, !row.open);
    } else if (row.kind !== 'node' && (event.key === 'ArrowRight' || event.key === 'ArrowLeft'))
      setOpen(row.id, event.key === 'ArrowRight');
    else if (event.key === 'Escape') hideCard();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  return (
    <div
      aria-label="Nodes"
      className="fe-palette-tree"
      onBlur={hideCard}
      onKeyDown={walk}
      onPointerLeave={hideCard}
      onScroll={hideCard}
      ref={ref}
      role="tree"
    >
      {rows.map((row) => (
        <RowItem
          isCurrent={row.id === current}
          isSearch={isSearch}
          key={row.id}
          onEnter={(element, isKeyboard) => {
            setAt((known) => (isKeyboard ? row.id : known));
            if (row.kind === 'node') showCard(row.info, element, isKeyboard ? PAUSE * 2 : PAUSE);
            else hideCard();
          }}
          onPress={(event) => row.kind === 'node' && startDrag(row.info, event)}
          row={row}
          setOpen={setOpen}
        />
      ))}
      {card && !ghost && <Card {...card} />}
      {ghost}
    </div>
  );
}

/** Return the row a key leads to; from a node to the left is to the branch that holds it. */
function nextRow(rows: Row[], index: number, key: string): Row | undefined {
  const row = rows[index];
  switch (key) {
    case 'ArrowDown':
      return rows[index + 1] ?? row;
    case 'ArrowUp':
      return rows[index - 1] ?? row;
    case 'Home':
      return rows[0];
    case 'End':
      return rows.at(-1);
    case 'ArrowLeft':
      if (row?.kind === 'group' && !row.open) return rows.find((other) => other.id === row.pack);
      return row?.kind === 'node' ? rows.find((other) => other.id === row.parent) : undefined;
    case 'ArrowRight':
      return row?.kind !== 'node' && row?.open ? rows[index + 1] : undefined;
    default:
      return undefined;
  }
}
