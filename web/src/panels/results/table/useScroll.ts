import { type RefObject, useCallback, useMemo, useState } from 'react';
import { useSize } from '../useSize';
import { type Place, type RowWindow, Scaling } from './scroll';

export interface Scroll {
  width: number;
  /** Height of the part that shows rows. */
  view: number;
  scaling: Scaling;
  seen: RowWindow;
  left: number;
  /** How far down in the table the view begins. */
  offset: number;
  onScroll: () => void;
  /** Scroll as little as needed to see a row. */
  reveal: (row: number) => void;
  toTop: () => void;
}

const TOP: Place = { scroll: 0, offset: 0 };

/** Follow a scroller through rows of one height, below a head that stays. */
export function useScroll(
  scroller: RefObject<HTMLElement | null>,
  rows: number,
  rowHeight: number,
  head: number,
): Scroll {
  const { width, height } = useSize(scroller);
  const [place, setPlace] = useState<Place>(TOP);
  const [left, setLeft] = useState(0);
  const view = Math.max(0, height - head);
  const scaling = useMemo(() => new Scaling(rows, rowHeight, view), [rows, rowHeight, view]);
  const onScroll = useCallback(() => {
    const element = scroller.current;
    if (!element) return;
    setPlace((old) => scaling.follow(old, element.scrollTop));
    setLeft(element.scrollLeft);
  }, [scroller, scaling]);
  const reveal = useCallback(
    (row: number) => {
      const next = scaling.reveal(place, row);
      if (next === place || !scroller.current) return;
      scroller.current.scrollTop = next.scroll;
      setPlace(next);
    },
    [scroller, scaling, place],
  );
  const toTop = useCallback(() => {
    scroller.current?.scrollTo({ top: 0 });
    setPlace(TOP);
  }, [scroller]);
  const { offset } = place;
  const seen = scaling.window(place);
  return { width, view, scaling, seen, left, offset, onScroll, reveal, toTop };
}
