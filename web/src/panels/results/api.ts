/** What the results panel asks of the server. */

import type { ColumnStatistics, Rows, ValueView } from '../../model/wire';
import { saveBlob } from '../../parts/saving';
import { address, get, request } from '../../store/server';

/** An output port of a node in a workflow. */
export interface Place {
  workflow: string;
  node: string;
  port: string;
}

/** Rows that are asked for: those whose columns have these values. */
export type Filter = Readonly<Record<string, unknown>>;

export interface Order {
  column: string;
  descending: boolean;
}

export const fetchValue = (place: Place, signal?: AbortSignal): Promise<ValueView> =>
  get(at('value', place), signal);

export function fetchRows(
  place: Place,
  page: {
    offset: number;
    limit: number;
    order: Order | null;
    filter: Filter | null;
    search?: string;
  },
  signal?: AbortSignal,
): Promise<Rows> {
  const { offset, limit, order, filter, search } = page;
  const query = {
    offset,
    limit,
    sort: order?.column,
    descending: order?.descending,
    filter: filter ? JSON.stringify(filter) : undefined,
    search: search || undefined,
  };
  return get(at('rows', place, query), signal);
}

export const fetchColumn = (
  place: Place,
  column: string,
  signal?: AbortSignal,
): Promise<ColumnStatistics> => get(at('column', place, { column }), signal);

export const imageAddress = (place: Place, row: number, column: string): string =>
  new URL(at('image', place, { row, column }), document.baseURI).href;

export async function fetchDiagram(place: Place, signal?: AbortSignal): Promise<string> {
  return (await request(at('diagram', place), { signal })).text();
}

export type DownloadFormat = 'csv' | 'parquet' | 'json' | 'svg' | 'safetensors' | 'keras';

/** Have the browser save a value; what the server refuses is thrown as its sentence. */
export async function download(place: Place, format: DownloadFormat): Promise<void> {
  const response = await request(at('download', place, { format }));
  const name = /filename="?([^";]+)"?/.exec(response.headers.get('Content-Disposition') ?? '')?.[1];
  saveBlob(await response.blob(), name ?? `${place.node.replaceAll('/', '_')}.${format}`);
}

function at(
  what: string,
  place: Place,
  query: Record<string, string | number | boolean | undefined> = {},
): string {
  return address([what, place.workflow], { node: place.node, port: place.port, ...query });
}
