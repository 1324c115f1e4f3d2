/** Everything known of node types, loaded once and when their files change. */

import { create } from 'zustand';
import type { Catalogue, NodeInfo, PackInfo, PortTypeInfo } from '../model/wire';
import { address, get } from './server';

interface CatalogueState {
  catalogue: Catalogue | null;
  infos: Map<string, NodeInfo>;
  packs: Map<string, PackInfo>;
  portTypes: Map<string, PortTypeInfo>;
  load(): Promise<void>;
}

export const useCatalogue = create<CatalogueState>((set) => ({
  catalogue: null,
  infos: new Map(),
  packs: new Map(),
  portTypes: new Map(),
  load: async () => set(indexed(await get<Catalogue>(address(['catalogue'])))),
}));

/** The catalogue with what is looked up by name. */
export function indexed(catalogue: Catalogue): Omit<CatalogueState, 'load'> {
  const infos = new Map(catalogue.nodes.map((info) => [info.type, info]));
  for (const info of catalogue.nodes)
    for (const former of info.was) if (!infos.has(former)) infos.set(former, info);
  return {
    catalogue,
    infos,
    packs: new Map(catalogue.packs.map((pack) => [pack.id, pack])),
    portTypes: new Map(catalogue.port_types.map((type) => [type.id, type])),
  };
}

/** The pack of a type: `layer` of `layer.dense`. */
export const packOf = (type: string): string => type.split('.', 1)[0] ?? '';

export const useInfo = (type: string): NodeInfo | undefined =>
  useCatalogue((state) => state.infos.get(type));

export const usePortType = (id: string): PortTypeInfo | undefined =>
  useCatalogue((state) => state.portTypes.get(id));
