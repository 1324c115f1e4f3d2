import type { ColumnStatistics } from '../../../model/wire';

const AT_ONCE = 2;

/** Statistics of the columns that came into view, asked for a few at a time, the latest first. */
export class StatisticsCache {
  version = 0;
  private readonly known = new Map<string, ColumnStatistics | null>();
  private waiting: string[] = [];
  private running = 0;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly ask: (column: string) => Promise<ColumnStatistics>) {}

  /** Return a column's statistics; undefined while they are not there, or cannot be had. */
  of(column: string): ColumnStatistics | undefined {
    return this.known.get(column) ?? undefined;
  }

  want(columns: readonly string[]): void {
    this.waiting = columns.filter((column) => !this.known.has(column));
    this.next();
  }

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  private next(): void {
    while (this.running < AT_ONCE) {
      const column = this.waiting.shift();
      if (column === undefined) return;
      this.known.set(column, null);
      this.running++;
      void this.load(column);
    }
  }

  private async load(column: string): Promise<void> {
    try {
      this.known.set(column, await this.ask(column));
      this.version++;
      for (const listener of this.listeners) listener();
    } catch {
      // A header without histogram is no reason to disturb: the rows themselves say what is wrong.
    } finally {
      this.running--;
      this.next();
    }
  }
}

/** Return the share of missing values in words; empty where none is missing. */
export function missingText(missing: number, rows: number): string {
  if (!missing || !rows) return '';
  const share = (100 * missing) / rows;
  if (share < 1) return '< 1 % missing';
  return share > 99 && missing < rows ? '> 99 % missing' : `${Math.round(share)} % missing`;
}
