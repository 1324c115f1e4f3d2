/** Pulling wires: from port to port, to a card, to the empty canvas, and off again. */

import type { Connection, FinalConnectionState } from '@xyflow/react';
import { useMemo } from 'react';
import { manyOf } from '../actions/add_node';
import { addLinks, disconnect } from '../model/edit_graph';
import { WIDTH } from '../model/geometry';
import { bestPair, linkOf } from '../model/wiring';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { toast } from '../store/toast';
import { useView } from '../store/view';
import { askSetting, dropOnSetting } from './asking';
import { cardAt, placeAt } from './instance';
import type { CanvasEdge } from './items';
import { beginPull, endPull, portOf, reasonAgainst, reasonBetween } from './pulling';

type Ended = FinalConnectionState;

/** Connect two ports, if that may be; `without`: the connection that is put elsewhere. */
export function connectPorts(
  from: { node: string; port: string },
  to: { node: string; port: string },
  without: string[] = [],
): boolean {
  const reason = reasonAgainst(from, to);
  if (reason) {
    toast(reason, 'warning');
    return false;
  }
  const { component, ports } = sceneNow();
  const links = [linkOf(from, to)];
  const command = addLinks(component, links, without, manyOf(links, ports));
  return useDocument.getState().apply({ ...command, label: `Connect ${from.node} to ${to.node}` });
}

export function useWiring() {
  return useMemo(() => {
    // an edge that is taken off is put elsewhere or, over the empty canvas, goes away
    let isReconnecting = false;
    return {
      isValidConnection: (item: Connection | CanvasEdge) => !reasonAgainst(...endsOf(item)),
      onConnect: (item: Connection) => {
        connectPorts(...endsOf(item));
      },
      onConnectStart: (
        _: unknown,
        { nodeId, handleId }: { nodeId: string | null; handleId: string | null },
      ) => {
        if (nodeId && handleId) beginPull(nodeId, handleId);
      },
      onConnectEnd: (event: MouseEvent | TouchEvent, state: Ended) => {
        endPull();
        if (!isReconnecting) ended(event, state);
      },
      onReconnectStart: () => {
        isReconnecting = true;
      },
      onReconnect: (edge: CanvasEdge, item: Connection) => {
        connectPorts(...endsOf(item), [edge.id]);
      },
      onReconnectEnd: (_: unknown, edge: CanvasEdge, __: unknown, state: Ended) => {
        isReconnecting = false;
        if (!state.toNode && !state.isValid)
          useDocument.getState().apply(disconnect(sceneNow().component, [edge.id]));
      },
    };
  }, []);
}

type Ends = [{ node: string; port: string }, { node: string; port: string }];

const endsOf = (item: Connection | CanvasEdge): Ends => [
  { node: item.source, port: portOf(item.sourceHandle) },
  { node: item.target, port: portOf(item.targetHandle) },
];

/** A wire was let go: over a port that does not take it, a card, or the empty canvas. */
function ended(event: MouseEvent | TouchEvent, state: Ended): void {
  const { fromHandle, toHandle, toNode, isValid } = state;
  if (!fromHandle || isValid) return;
  const isOut = fromHandle.type === 'source';
  const here = { node: fromHandle.nodeId, port: portOf(fromHandle.id) };
  const { clientX: x, clientY: y } =
    'changedTouches' in event ? (event.changedTouches[0] ?? { clientX: 0, clientY: 0 }) : event;
  if (toHandle) {
    const reason = reasonBetween(fromHandle, toHandle);
    if (reason) toast(reason, 'warning');
    return;
  }
  const target = toNode?.id ?? cardAt(x, y);
  if (target !== undefined) {
    if (target !== here.node) connectToCard(here, target, isOut, [x, y]);
    return;
  }
  const under = window.document.elementFromPoint(x, y);
  const row = under?.closest<HTMLElement>('[data-setting]')?.dataset;
  if (row?.node && row.setting && isOut) dropOnSetting(here, row.node, row.setting);
  if (!under?.closest('.fe-canvas')) return;
  const [left, top] = placeAt(x, y);
  useView.getState().setDialogs({
    quickAdd: {
      at: [isOut ? left + WIDTH / 2 : left - WIDTH / 2, top],
      screen: [x, y],
      from: { path: here.node, port: here.port, direction: isOut ? 'out' : 'in' },
    },
  });
}

/** A wire dropped on a card goes to the port that suits it best. */
function connectToCard(
  here: { node: string; port: string },
  target: string,
  isOut: boolean,
  at: [number, number],
): void {
  const { body, ports } = sceneNow();
  const sides = ports.get(here.node) ?? { inputs: [], outputs: [] };
  const only = {
    inputs: sides.inputs.filter(({ id }) => !isOut && id === here.port),
    outputs: sides.outputs.filter(({ id }) => isOut && id === here.port),
  };
  const narrowed = new Map(ports).set(here.node, only);
  const [source, sink] = isOut ? [here.node, target] : [target, here.node];
  const pair = bestPair(body, narrowed, source, sink);
  if (pair) connectPorts(pair.from, pair.to);
  else if (isOut && only.outputs[0]?.type === 'variable') askSetting(here, target, at);
  else toast(`“${target}” has no port that fits “${here.node}.${here.port}”.`, 'warning');
}
