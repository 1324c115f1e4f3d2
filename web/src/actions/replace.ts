/** A node dropped on another takes its place. */

import { join } from '../model/document';
import { removeParts } from '../model/edit_graph';
import { freshName } from '../model/edit_nodes';
import { type Replacement, replaceNode } from '../model/edit_replace';
import { connectionsOf, endOf, type Ports } from '../model/graph';
import { useCatalogue } from '../store/catalogue';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { toast } from '../store/toast';
import { useView } from '../store/view';

/** Put a new node of a type where a node is. */
export function replaceByType(type: string, before: string): void {
  const { body } = sceneNow();
  const info = useCatalogue.getState().infos.get(type);
  const ports: Ports = { inputs: [...(info?.inputs ?? [])], outputs: [...(info?.outputs ?? [])] };
  const name = freshName(type, (item) => item !== before && Boolean(body.nodes?.[item]));
  const version = info?.version ?? 1;
  put({ before, name, entry: { type, ...(version > 1 && { version }) }, ports });
}

/** Put a node that is connected to nothing where another one is. */
export function replaceByNode(name: string, before: string): void {
  const { body, ports } = sceneNow();
  const entry = body.nodes?.[name];
  const own = ports.get(name);
  if (entry && own) put({ before, name, entry, ports: own }, name);
}

function put(replacement: Replacement, moved?: string): void {
  const { component, ports } = sceneNow();
  const { before, name } = replacement;
  const replace = replaceNode(component, replacement, ports);
  const count = wiresOf(before);
  const done = useDocument.getState().apply({
    label: replace.label,
    apply: (document) =>
      replace.apply(moved ? removeParts(component, [moved]).apply(document) : document),
  });
  if (!done) return;
  useView.getState().select([join(component, name)]);
  const lost = count - wiresOf(name);
  if (lost > 0)
    toast(
      lost === 1
        ? `One connection of “${before}” does not fit “${name}” and is gone.`
        : `${lost} connections of “${before}” do not fit “${name}” and are gone.`,
      'info',
    );
}

/** How many wires a node has. */
function wiresOf(name: string): number {
  return connectionsOf(sceneNow().body).filter(
    ({ from, to }) => endOf(from).node === name || endOf(to).node === name,
  ).length;
}
