import type { KeyboardEvent } from 'react';
import { sentenceOf } from '../../../store/server';
import { toast } from '../../../store/toast';
import { copySelection } from './clipboard';
import type { PageCache } from './pages';
import { type Extent, HEADER, moved, type Selection } from './selection';

interface Props {
  extent: Extent;
  selection: Selection | null;
  setSelection: (selection: Selection | null) => void;
  reveal: (row: number, column: number) => void;
  sort: (column: number) => void;
  columns: readonly { name: string }[];
  cache: PageCache;
}

const START: Selection = { anchor: { row: 0, column: 0 }, cursor: { row: 0, column: 0 } };

/** The keys of a grid; those it takes go no further, so that the canvas does not act on them. */
export function useGridKeys(props: Props): (event: KeyboardEvent) => void {
  const { extent, selection, setSelection } = props;
  const select = (next: Selection) => {
    setSelection(next);
    props.reveal(next.cursor.row, next.cursor.column);
  };
  const act = (event: KeyboardEvent): boolean => {
    if (!extent.columns) return false;
    const ctrl = event.ctrlKey || event.metaKey;
    const key = event.key.toLowerCase();
    if (ctrl && key === 'a') {
      const cursor = { row: Math.max(0, extent.rows - 1), column: extent.columns - 1 };
      setSelection({ anchor: START.anchor, cursor });
      return true;
    }
    if (ctrl && key === 'c') {
      if (selection) copy(props, selection, event.shiftKey);
      return selection !== null;
    }
    if (event.key === 'Escape' && selection) {
      setSelection(null);
      return true;
    }
    if (event.key === 'Enter' && selection?.cursor.row === HEADER) {
      props.sort(selection.cursor.column);
      return true;
    }
    const keys = { key: event.key, ctrl, shift: event.shiftKey };
    const next = moved(selection ?? START, keys, extent);
    // The first arrow shows where the cursor is, before the next one moves it.
    if (next) select(selection || !isArrow(keys) ? next : START);
    return next !== null;
  };
  return (event) => {
    if (!act(event)) return;
    event.preventDefault();
    event.stopPropagation();
  };
}

function isArrow({ key, ctrl }: { key: string; ctrl: boolean }): boolean {
  return key.startsWith('Arrow') && !ctrl;
}

function copy({ cache, columns }: Props, selection: Selection, withHeader: boolean): void {
  copySelection(cache, selection, columns, withHeader).then(
    (sentence) => toast(sentence, 'success'),
    (error: unknown) => toast(sentenceOf(error), 'error'),
  );
}
