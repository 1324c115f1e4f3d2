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
}

const keyOf = ({ place, version, filter }: Source): string =>
  JSON.stringify([place.workflow, place.node, place.port, version, filter]);

/** Return the rows of a table in an order, and hear when more of them are there. */
export function useRows(source: Source, order: Order | null): PageCache {
  const key = keyOf(source);
  const { place, filter } = source;
  const cache = useMemo(
    () =>
      new PageCache((offset, limit, signal) =>
        fetchRows(place, { offset, limit, order, filter }, signal),
      ),
    [key, order],
  );
  useEffect(() => () => cache.close(), [cache]);
  useSyncExternalStore(cache.subscribe, () => cache.version);
  return cache;
}

/** Return how many rows are shown; null while that is not known. */
export function useTotal(source: Source): number | null {
  const { place, filter, view } = source;
  const page = { offset: 0, limit: 1, order: null, filter };
  const { answer } = useAsked(filter ? keyOf(source) : '', async (signal) =>
    filter ? fetchRows(place, page, signal) : null,
  );
  return filter ? (answer?.total ?? null) : view.rows;
}

/** Return the statistics of a table's columns, and hear when more of them are there. */
export function useStatistics(source: Source): StatisticsCache {
  const key = keyOf(source);
  const { place } = source;
  const cache = useMemo(() => new StatisticsCache((column) => fetchColumn(place, column)), [key]);
  useSyncExternalStore(cache.subscribe, () => cache.version);
  return cache;
}
