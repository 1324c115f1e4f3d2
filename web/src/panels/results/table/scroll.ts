/** Browsers draw no element much higher than this (Firefox: 17.8 M pixels, Chromium: 33.5 M). */
export const HIGHEST = 16_000_000;

/** Where a scroller stands: its own position, and the position in the whole table it stands for. */
export interface Place {
  scroll: number;
  offset: number;
}

/** Which rows are seen, and where the first of them is drawn inside the scrolled element. */
export interface RowWindow {
  first: number;
  last: number;
  top: number;
}

const EXTRA = 6;

/** Scrolls tables that are higher than an element can be. */
export class Scaling {
  /** Height of the element that is scrolled. */
  readonly height: number;

  constructor(
    readonly rows: number,
    readonly rowHeight: number,
    readonly view: number,
  ) {
    this.height = Math.min(rows * rowHeight, HIGHEST);
  }

  get isScaled(): boolean {
    return this.rows * this.rowHeight > HIGHEST;
  }

  private get farthest(): number {
    return Math.max(0, this.rows * this.rowHeight - this.view);
  }

  private get farthestScroll(): number {
    return Math.max(0, this.height - this.view);
  }

  /**
   * Follow the scroller to a new position.
   *
   * A short way (wheel, arrow keys) is the same way in the table; a long one (the bar was dragged)
   * is the same part of it. At both ends table and scroller agree.
   */
  follow(before: Place, scroll: number): Place {
    const way = scroll - before.scroll;
    if (way === 0) return before;
    if (!this.isScaled) return { scroll, offset: scroll };
    if (scroll <= 0) return { scroll, offset: 0 };
    if (scroll >= this.farthestScroll) return { scroll, offset: this.farthest };
    if (Math.abs(way) <= this.view) {
      const offset = Math.min(Math.max(before.offset + way, 0), this.farthest);
      return { scroll, offset };
    }
    return { scroll, offset: (scroll / this.farthestScroll) * this.farthest };
  }

  /** Return the place at which a row is seen, moving as little as possible. */
  reveal(before: Place, row: number): Place {
    const top = row * this.rowHeight;
    let offset = before.offset;
    if (top < offset) offset = top;
    else if (top + this.rowHeight > offset + this.view) offset = top + this.rowHeight - this.view;
    if (offset === before.offset) return before;
    offset = Math.min(Math.max(offset, 0), this.farthest);
    if (!this.isScaled) return { scroll: offset, offset };
    const scroll = this.farthest ? (offset / this.farthest) * this.farthestScroll : 0;
    return { scroll: Math.round(scroll), offset };
  }

  window(place: Place): RowWindow {
    // A table may have become shorter since its scroller was moved.
    const offset = Math.min(place.offset, this.farthest);
    const seen = Math.floor(offset / this.rowHeight);
    const first = Math.max(0, seen - EXTRA);
    const count = Math.ceil(this.view / this.rowHeight) + 1;
    const last = Math.min(this.rows, seen + count + EXTRA);
    const scroll = Math.min(place.scroll, this.farthestScroll);
    return { first, last, top: scroll - offset + first * this.rowHeight };
  }
}

/** Return which of the columns are seen: from first up to last, not included. */
export function columnWindow(
  edges: readonly number[],
  left: number,
  width: number,
): { first: number; last: number } {
  const count = edges.length - 1;
  let first = 0;
  while (first < count - 1 && (edges[first + 1] ?? 0) <= left) first++;
  let last = first;
  while (last < count && (edges[last] ?? 0) < left + width) last++;
  return { first, last };
}

/** Return the left edge of each column, and last the whole width. */
export function columnEdges(widths: readonly number[]): number[] {
  const edges = [0];
  for (const width of widths) edges.push((edges.at(-1) ?? 0) + width);
  return edges;
}
