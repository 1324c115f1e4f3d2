import type { Inside, InsidePlaces } from '../../../model/wire';
import { address, get, post } from '../../../store/server';
import type { Place } from '../api';

export const fetchPlaces = (
  workflow: string,
  node: string,
  signal?: AbortSignal,
): Promise<InsidePlaces> => get(address(['inside', workflow], { node }), signal);

/** What is looked at: layers of a network, and the row of a table that it is shown. */
export interface Look {
  network: Place;
  layer: string;
  table: { node: string; port: string } | null;
  /** The row; without a table, which draw of random numbers. */
  row: number;
}

/** Look inside; `asker` is a name by which the look can be cancelled. */
export const fetchInside = ({ network, layer, table, row }: Look, asker: string): Promise<Inside> =>
  get(
    address(['look', network.workflow], {
      node: network.node,
      port: network.port,
      layer,
      table: table?.node,
      table_port: table?.port,
      row,
      asker,
    }),
  );

export const cancelLook = (asker: string): Promise<void> =>
  post(address(['looks', asker, 'cancel']));
