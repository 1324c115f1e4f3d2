import { useEffect, useMemo, useSyncExternalStore } from 'react';
import type { TableView } from '../../../model/wire';
import { type Filter, fetchColumn, fetchRows, type Order, type Place } from '../api';
import { useAsked } from '../useAsked';
import { PageCache } from './pages';
import { StatisticsCache } from './statistics';

/** A table somebody looks at; `version` changes when its value does. */
export interface Source {
  place: Place;
  version: string;
  view: TableView;
  filter: Filter | null;
  /** Only rows with this text in one of their cells. */
  search?: string;
}

const keyOf = ({ place, version, filter, search }: Source): string =>
  JSON.stringify([place.workflow, place.node, place.port, version, filter, search]);

/** Return how many rows there are before the first page says it. */
export const rowsBefore = ({ filter, search, view }: Source): number =>
  filter || search ? 0 : view.rows;

/** Return the rows of a table in an order, and hear when more of them are there. */
export function useRows(source: Source, order: Order | null): PageCache {
  const key = keyOf(source);
  const { place, filter, search } = source;
  const cache = useMemo(
    () =>
      new PageCache((offset, limit, signal) =>
        fetchRows(place, { offset, limit, order, filter, search }, signal),
      ),
    [key, order],
  );
  useEffect(() => () => cache.close(), [cache]);
  useSyncExternalStore(cache.subscribe, () => cache.version);
  return cache;
}

/** Return how many rows are shown; null while that is not known. */
export function useTotal(source: Source): number | null {
  const { place, filter, search, view } = source;
  const isPart = filter !== null || Boolean(search);
  const page = { offset: 0, limit: 1, order: null, filter, search };
  const { answer } = useAsked(isPart ? keyOf(source) : '', async (signal) =>
    isPart ? fetchRows(place, page, signal) : null,
  );
  return isPart ? (answer?.total ?? null) : view.rows;
}

/** Return the statistics of a table's columns, and hear when more of them are there. */
export function useStatistics(source: Source): StatisticsCache {
  const key = keyOf(source);
  const { place } = source;
  const cache = useMemo(() => new StatisticsCache((column) => fetchColumn(place, column)), [key]);
  useSyncExternalStore(cache.subscribe, () => cache.version);
  return cache;
}
