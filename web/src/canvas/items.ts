/** Nodes, notes and wires as React Flow takes them; what has not changed stays the same object. */

import { type Edge, type Node, type NodeHandle, Position } from '@xyflow/react';
import type { Annotation, NodeEntry, Place } from '../model/document';
import { join } from '../model/document';
import { HEIGHT, portOffset, WIDTH } from '../model/geometry';
import { connectionsOf, endOf, keyOf, type Port, type Ports, today } from '../model/graph';
import type { Lane } from '../model/routing';
import type { NodeInfo } from '../model/wire';
import type { Scene } from '../store/scene';

export interface CardData extends Record<string, unknown> {
  path: string;
  entry: NodeEntry;
  ports: Ports;
}

export interface NoteData extends Record<string, unknown> {
  note: Annotation;
}

export interface WireData extends Record<string, unknown> {
  type: string;
  path: string;
  port: string;
  /** Whether this wire, of all that leave the port, says what flows. */
  isFirst: boolean;
  /** Its way, where it cannot go straight. */
  lane: Lane | undefined;
}

export type CardNode = Node<CardData, 'card'>;
export type NoteNode = Node<NoteData, 'note'>;
export type CanvasNode = CardNode | NoteNode;
export type CanvasEdge = Edge<WireData, 'wire'>;

export const NOTE = 'note:';

/** The id of the element that says what a card is called. */
export const wordsId = (name: string): string => `fe-card-${encodeURIComponent(name)}`;

/** How large the place of a port is, both ways. */
export const HANDLE = 12;

export interface Moved {
  places: ReadonlyMap<string, Place>;
  notes: ReadonlyMap<string, Annotation['place']>;
}

/** Builds the lists, keeping objects as long as they would be equal. */
export class Items {
  private nodes = new Map<string, CanvasNode>();
  private edges = new Map<string, CanvasEdge>();

  nodesOf(
    scene: Scene,
    selection: ReadonlySet<string>,
    notes: ReadonlySet<string>,
    moved: Moved,
  ): CanvasNode[] {
    const known = new Map<string, CanvasNode>();
    const result: CanvasNode[] = [];
    for (const note of scene.body.annotations ?? []) {
      const place = moved.notes.get(note.id) ?? note.place;
      keep(
        known,
        result,
        this.nodes,
        noteNode({ ...note, place }, notes.has(note.id)),
        (node) => node.type === 'note' && sameNote(node.data.note, { ...note, place }),
      );
    }
    for (const [name, entry] of Object.entries(scene.body.nodes ?? {})) {
      const place = moved.places.get(name) ?? scene.places.get(name) ?? [0, 0];
      const ports = scene.ports.get(name) ?? { inputs: [], outputs: [] };
      const path = join(scene.component, name);
      const height = scene.heights.get(name) ?? HEIGHT;
      const isSelected = selection.has(path);
      const old = this.nodes.get(name);
      const same =
        old?.type === 'card' &&
        old.data.entry === entry &&
        old.data.ports === ports &&
        old.data.path === path &&
        old.selected === isSelected &&
        old.position.x === place[0] &&
        old.position.y === place[1];
      const node = same ? old : cardNode(name, { path, entry, ports }, place, height, isSelected);
      known.set(name, node);
      result.push(node);
    }
    this.nodes = known;
    return result;
  }

  edgesOf(
    scene: Scene,
    selected: ReadonlySet<string>,
    infos: ReadonlyMap<string, NodeInfo>,
  ): CanvasEdge[] {
    const known = new Map<string, CanvasEdge>();
    const seen = new Set<string>();
    for (const connection of connectionsOf(scene.body)) {
      const [from, to] = [endOf(connection.from), endOf(connection.to)];
      const id = keyOf(connection);
      if (!scene.body.nodes?.[from.node] || !scene.body.nodes[to.node] || known.has(id)) continue;
      const given = today(infos.get(scene.body.nodes[from.node]?.type ?? ''), from.port);
      const taken = today(infos.get(scene.body.nodes[to.node]?.type ?? ''), to.port);
      const port = scene.ports.get(from.node)?.outputs.find((item) => item.id === given);
      const isFirst = !seen.has(connection.from);
      seen.add(connection.from);
      const old = this.edges.get(id);
      const type = port?.type ?? '';
      const isSelected = selected.has(id);
      const path = join(scene.component, from.node);
      const lane = scene.lanes.get(id);
      const same =
        old?.data?.type === type &&
        sameLane(old.data.lane, lane) &&
        old.data.isFirst === isFirst &&
        old.data.path === path &&
        old.selected === isSelected;
      known.set(
        id,
        same
          ? old
          : {
              id,
              type: 'wire',
              source: from.node,
              target: to.node,
              sourceHandle: `out:${given}`,
              targetHandle: `in:${taken}`,
              selected: isSelected,
              ariaLabel: `Connection from ${connection.from} to ${connection.to}`,
              data: { type, path, port: given, isFirst, lane },
            },
      );
    }
    this.edges = known;
    return [...known.values()];
  }
}

const sameLane = (one: Lane | undefined, other: Lane | undefined): boolean =>
  one === other || JSON.stringify(one) === JSON.stringify(other);

function keep(
  known: Map<string, CanvasNode>,
  result: CanvasNode[],
  before: ReadonlyMap<string, CanvasNode>,
  node: CanvasNode,
  isSame: (old: CanvasNode) => boolean,
): void {
  const old = before.get(node.id);
  const kept = old && old.selected === node.selected && isSame(old) ? old : node;
  known.set(node.id, kept);
  result.push(kept);
}

const sameNote = (one: Annotation, other: Annotation): boolean =>
  one.text === other.text &&
  one.colour === other.colour &&
  String(one.place) === String(other.place);

function noteNode(note: Annotation, selected: boolean): NoteNode {
  const [x, y, width, height] = note.place;
  return {
    id: NOTE + note.id,
    type: 'note',
    position: { x, y },
    width,
    height,
    measured: { width, height },
    zIndex: -1,
    selected,
    ariaLabel: `Note: ${note.text.slice(0, 80)}`,
    data: { note },
  };
}

function cardNode(
  name: string,
  data: CardData,
  place: Place,
  height: number,
  selected: boolean,
): CardNode {
  return {
    id: name,
    type: 'card',
    position: { x: place[0], y: place[1] },
    width: WIDTH,
    height,
    measured: { width: WIDTH, height },
    handles: [
      ...handlesOf(data.ports.inputs, 'target', height),
      ...handlesOf(data.ports.outputs, 'source', height),
    ],
    selected,
    // its words are in the card, which knows its state
    domAttributes: { 'aria-labelledby': wordsId(name) },
    data,
  };
}

/** Where handles are, so that nothing is measured before it is seen. */
function handlesOf(ports: Port[], type: 'source' | 'target', height: number): NodeHandle[] {
  const isInput = type === 'target';
  return ports.map((port, index) => ({
    id: `${isInput ? 'in' : 'out'}:${port.id}`,
    type,
    position: isInput ? Position.Left : Position.Right,
    x: (isInput ? 0 : WIDTH) - HANDLE / 2,
    y: portOffset(index, ports.length, height) - HANDLE / 2,
    width: HANDLE,
    height: HANDLE,
  }));
}
