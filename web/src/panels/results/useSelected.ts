import { useCatalogue } from '../../store/catalogue';
import { useComponent, useNode } from '../../store/report';
import { useView } from '../../store/view';
import type { Output } from './tabs';

/** The node or component whose results are shown. */
export interface Selected {
  path: string;
  title: string;
  outputs: Output[];
}

/** Return what is selected: of several nodes the one selected last. */
export function useSelected(): Selected | null {
  const path = useView((state) => state.selection.at(-1)) ?? '';
  const node = useNode(path);
  const component = useComponent(path);
  const info = useCatalogue((state) => (node ? state.infos.get(node.type) : undefined));
  if (component) {
    const outputs = component.outputs.flatMap((port) => {
      const source = component.sources[port.id];
      return source ? [{ port, node: source.node, source: source.port }] : [];
    });
    return { path, title: path.split('/').at(-1) ?? path, outputs };
  }
  if (!node) return null;
  const ports = (info?.outputs ?? []).filter((port) => port.id in node.outputs);
  return {
    path,
    title: node.title,
    outputs: ports.map((port) => ({ port, node: path, source: port.id })),
  };
}
