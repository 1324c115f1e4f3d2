import type { Rows } from '../../../model/wire';

/** Rows asked for at once. */
export const PAGE = 200;

/** Pages kept; beyond, those not looked at for longest are dropped. */
const KEPT = 60;

/** Pages asked for at a time; while the scrollbar flies by, only the latest are worth asking. */
const AT_ONCE = 3;

export type FetchPage = (offset: number, limit: number, signal: AbortSignal) => Promise<Rows>;

export interface CachedRow {
  cells: readonly unknown[];
  /** The row's place in the unsorted table. */
  index: number;
}

/** The rows of a table, fetched page by page as they come into view. */
export class PageCache {
  total: number | null = null;
  fault = '';
  version = 0;
  private readonly pages = new Map<number, CachedRow[]>();
  private readonly asked = new Map<number, AbortController>();
  private readonly listeners = new Set<() => void>();
  private wanted: number[] = [];

  constructor(private readonly fetchPage: FetchPage) {}

  /** Return a row that is there; undefined while it is not. */
  row(index: number): CachedRow | undefined {
    return this.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
  }

  /** Have the rows from first up to last (not included) fetched; forget about earlier wishes. */
  want(first: number, last: number): void {
    const from = Math.max(0, Math.floor(first / PAGE));
    const to = Math.max(from, Math.floor((Math.max(first, last) - 1) / PAGE));
    this.wanted = [];
    for (let page = from; page <= to; page++) {
      const rows = this.pages.get(page);
      if (rows) {
        this.pages.delete(page);
        this.pages.set(page, rows);
      } else {
        this.wanted.push(page);
      }
    }
    this.next();
  }

  /** Return rows as soon as all of them are there, for copying. */
  async range(first: number, last: number): Promise<CachedRow[]> {
    const rows: CachedRow[] = [];
    for (let index = first; index < last; ) {
      const page = Math.floor(index / PAGE);
      const there = this.pages.get(page) ?? (await this.load(page, new AbortController().signal));
      const end = Math.min(last, (page + 1) * PAGE);
      rows.push(...there.slice(index - page * PAGE, end - page * PAGE));
      index = end;
    }
    return rows;
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** Drop what is under way; the cache may be used again. */
  close(): void {
    for (const asked of this.asked.values()) asked.abort();
    this.asked.clear();
    this.wanted = [];
  }

  private next(): void {
    for (const page of this.wanted) {
      if (this.asked.size >= AT_ONCE) {
        this.giveUpForeign();
        if (this.asked.size >= AT_ONCE) return;
      }
      if (!this.asked.has(page) && !this.pages.has(page)) void this.ask(page);
    }
  }

  /** Stop waiting for a page nobody looks at any more. */
  private giveUpForeign(): void {
    for (const [page, asked] of this.asked) {
      if (!this.wanted.includes(page)) {
        asked.abort();
        this.asked.delete(page);
        return;
      }
    }
  }

  private async ask(page: number): Promise<void> {
    const controller = new AbortController();
    this.asked.set(page, controller);
    try {
      await this.load(page, controller.signal);
      this.fault = '';
    } catch (error) {
      if (controller.signal.aborted) return;
      this.fault = error instanceof Error ? error.message : String(error);
      this.wanted = this.wanted.filter((one) => one !== page);
    }
    this.asked.delete(page);
    this.changed();
    this.next();
  }

  private async load(page: number, signal: AbortSignal): Promise<CachedRow[]> {
    const answer = await this.fetchPage(page * PAGE, PAGE, signal);
    const rows = answer.rows.map((cells, place) => ({
      cells,
      index: answer.indices[place] ?? answer.offset + place,
    }));
    this.total = answer.total;
    this.pages.set(page, rows);
    for (const oldest of this.pages.keys()) {
      if (this.pages.size <= KEPT) break;
      this.pages.delete(oldest);
    }
    return rows;
  }

  private changed(): void {
    this.version++;
    for (const listener of this.listeners) listener();
  }
}
