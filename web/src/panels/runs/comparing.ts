import type { RunCard } from '../../model/wire';

/** A setting that some runs had otherwise, or a metric they ended with. */
export interface Column {
  /** `learner.epochs`, or `learner accuracy`. */
  key: string;
  node: string;
  name: string;
}

/** More settings than these are told in words. */
const MOST_SETTINGS = 8;

/** Return the settings in which runs differ from the workflow as it stands. */
export function settingColumns(cards: readonly RunCard[]): Column[] {
  const keys = new Set(cards.flatMap((card) => Object.keys(card.differences)));
  return [...keys].slice(0, MOST_SETTINGS).map((key) => {
    const dot = key.indexOf('.');
    // Without a setting it is the node itself that was there or not.
    return dot < 0
      ? { key, node: '', name: key }
      : { key, node: key.slice(0, dot), name: key.slice(dot + 1) };
  });
}

/** Return the metrics that runs ended with, those of one node beside each other. */
export function metricColumns(cards: readonly RunCard[]): Column[] {
  const found = new Map<string, Column>();
  for (const card of cards) {
    for (const [node, values] of Object.entries(card.metrics)) {
      for (const name of Object.keys(values)) {
        found.set(`${node} ${name}`, { key: `${node} ${name}`, node, name });
      }
    }
  }
  const nodes = [...new Set([...found.values()].map((column) => column.node))];
  return [...found.values()].sort((a, b) => nodes.indexOf(a.node) - nodes.indexOf(b.node));
}

export interface Sorting {
  key: string;
  descending: boolean;
}

/** Return runs in an order; those without a value come last. */
export function sorted(cards: readonly RunCard[], sorting: Sorting): RunCard[] {
  const sign = sorting.descending ? -1 : 1;
  return [...cards].sort((a, b) => {
    const [left, right] = [sortValue(a, sorting.key), sortValue(b, sorting.key)];
    if (left === undefined || right === undefined) {
      return Number(left === undefined) - Number(right === undefined);
    }
    return sign * compared(left, right);
  });
}

function compared(left: number | string, right: number | string): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right), 'en', { numeric: true });
}

function sortValue(card: RunCard, key: string): number | string | undefined {
  if (key === 'started') return card.started;
  if (key === 'seconds') return card.seconds ?? undefined;
  if (key === 'status') return card.status;
  if (key in card.differences) return settingText(card.differences[key]);
  const [node, name] = key.split(' ');
  return card.metrics[node]?.[name];
}

/** Return the value of a setting as people read it; null was the default. */
export function settingText(value: unknown): string {
  if (value === null) return 'default';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(settingText).join(', ');
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** Return when a run began, as people say it: `09:31`, `yesterday 09:31`, `12 Nov 09:31`. */
export function whenText(seconds: number, now: Date): string {
  const then = new Date(seconds * 1000);
  const time = then.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
  const days = Math.round((midnight(now) - midnight(then)) / 86_400_000);
  if (days === 0) return time;
  if (days === 1) return `yesterday ${time}`;
  const year = then.getFullYear() === now.getFullYear() ? undefined : 'numeric';
  return `${then.toLocaleDateString('en-GB', { day: 'numeric', month: 'short', year })} ${time}`;
}

function midnight(date: Date): number {
  return new Date(date.getFullYear(), date.getMonth(), date.getDate()).getTime();
}

/** Return the runs that are compared before anybody chose: the newest two that learned. */
export function firstChosen(cards: readonly RunCard[]): string[] {
  return cards
    .filter((card) => Object.keys(card.metrics).length > 0)
    .slice(0, 2)
    .map((card) => card.id);
}
