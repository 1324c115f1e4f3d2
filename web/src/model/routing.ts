/** The ways of wires: straight across where nothing stands there, else along a free lane. */

import type { Place } from './document';
import type { Box } from './geometry';

export interface Wire {
  id: string;
  /** The port it leaves; wires of one port may share a lane. */
  source: string;
  from: Place;
  to: Place;
}

/** How far from a card a wire keeps, and from another in the same lane. */
const CLEAR = 8;
const APART = 8;
/** What a wire needs beside a port to turn. */
const TURN = 20;
const ROUND = 10;
/** How far wires turn from each other, and how far from a port at most. */
const STAGGER = 6;
const WIDEST = 50;
/** The room a word about a wire takes. */
const WORD = 84;
const WORD_HEIGHT = 18;
/** A wire to the right bends within so much of its ends. */
const SWING = 64;
const SAMPLES = 12;
/** Cards are looked up by columns of this width. */
const COLUMN = 256;

/** How a wire goes that cannot go straight. */
export interface Lane {
  /** The height at which it runs. */
  y: number;
  /** Where it turns, right of its start and left of its end, if it goes back. */
  out: number;
  in: number;
  /** Where a word about it stands. */
  word: number;
}

interface Taken extends Lane {
  wire: Wire;
  left: number;
  right: number;
}

/** The ways of wires that cannot go straight, by their ids. */
export function lanesOf(wires: readonly Wire[], boxes: readonly Box[]): Map<string, Lane> {
  const near = columnsOf(boxes);
  const lanes: Taken[] = [];
  const result = new Map<string, Lane>();
  for (const wire of wires) {
    const [left, right] = spanOf(wire);
    const around = near(Math.min(left, wire.from[0]), Math.max(right, wire.to[0]));
    if (!goesBack(wire) && isFree(wire.from, wire.to, around)) continue;
    const y = heightFor(wire, left, right, around, lanes);
    if (y === undefined) continue;
    const isBack = goesBack(wire);
    const lane = {
      y,
      out: isBack ? turnAt(wire, 'from', 1, y, lanes) : 0,
      in: isBack ? turnAt(wire, 'to', -1, y, lanes) : 0,
      word: wordAt((left + right) / 2, y, lanes),
    };
    result.set(wire.id, lane);
    lanes.push({ ...lane, wire, left, right });
  }
  return result;
}

const goesBack = ({ from, to }: Pick<Wire, 'from' | 'to'>): boolean => to[0] < from[0] + TURN;

/** From where to where a lane reaches. */
function spanOf(wire: Wire): [number, number] {
  if (goesBack(wire)) return [wire.to[0] - TURN, wire.from[0] + TURN];
  const swing = swingOf(wire.from, wire.to);
  return [wire.from[0] + swing, wire.to[0] - swing];
}

const swingOf = (from: Place, to: Place): number => Math.min(SWING, (to[0] - from[0]) / 2);

function columnsOf(boxes: readonly Box[]): (left: number, right: number) => Box[] {
  const columns = new Map<number, Box[]>();
  for (const box of boxes)
    for (let at = columnAt(box.x); at <= columnAt(box.x + box.width); at++) {
      const known = columns.get(at);
      if (known) known.push(box);
      else columns.set(at, [box]);
    }
  return (left, right) => {
    const found = new Set<Box>();
    for (let at = columnAt(left); at <= columnAt(right); at++)
      for (const box of columns.get(at) ?? []) found.add(box);
    return [...found];
  };
}

const columnAt = (x: number): number => Math.floor(x / COLUMN);

/** Whether the plain curve from one place to another touches no card. */
function isFree(from: Place, to: Place, boxes: readonly Box[]): boolean {
  const bend = (to[0] - from[0]) / 2;
  for (let step = 1; step < SAMPLES; step++) {
    const t = step / SAMPLES;
    const x = cubic(from[0], from[0] + bend, to[0] - bend, to[0], t);
    const y = cubic(from[1], from[1], to[1], to[1], t);
    if (boxes.some((box) => isIn(box, x, y))) return false;
  }
  return true;
}

const isIn = (box: Box, x: number, y: number): boolean =>
  x > box.x && x < box.x + box.width && y > box.y - 2 && y < box.y + box.height + 2;

function cubic(a: number, b: number, c: number, d: number, t: number): number {
  const u = 1 - t;
  return u * u * u * a + 3 * u * u * t * b + 3 * u * t * t * c + t * t * t * d;
}

/** The height nearest to both ends at which no card and no other wire is in the way. */
function heightFor(
  wire: Wire,
  left: number,
  right: number,
  boxes: readonly Box[],
  lanes: readonly Taken[],
): number | undefined {
  const [start, end] = [wire.from[1], wire.to[1]];
  const across = boxes.filter((box) => box.x < right && box.x + box.width > left);
  const others = lanes.filter(
    (lane) => lane.left < right && lane.right > left && lane.wire.source !== wire.source,
  );
  const wished = goesBack(wire) ? [] : [start, end, (start + end) / 2];
  const tried = [...wished, ...across.flatMap(besides)];
  const cost = (y: number): number => Math.abs(y - start) + Math.abs(y - end);
  const free = (y: number): boolean =>
    across.every((box) => y <= box.y - CLEAR || y >= box.y + box.height + CLEAR) &&
    others.every((lane) => Math.abs(lane.y - y) >= APART);
  tried.sort((one, other) => cost(one) - cost(other));
  return tried.find((y) => free(y) && isReached(wire, y, boxes)) ?? tried.find(free);
}

/** Whether a wire to the right comes into its lane, and out of it, behind no card. */
function isReached(wire: Wire, y: number, boxes: readonly Box[]): boolean {
  if (goesBack(wire)) return true;
  const { from, to } = wire;
  const [left, right] = spanOf(wire);
  return isFree(from, [left, y], boxes) && isFree([right, y], to, boxes);
}

/** Lanes above and below a card, the nearest first. */
function besides({ y, height }: Box): number[] {
  return [16, 24, 8, 32, 40, 48, 56].flatMap((step) => [y - step, y + height + step]);
}

/** Where a wire that goes back turns: not where another one already goes up or down. */
function turnAt(
  wire: Wire,
  end: 'from' | 'to',
  side: 1 | -1,
  y: number,
  lanes: readonly Taken[],
): number {
  const [x, height] = wire[end];
  const [top, bottom] = [Math.min(height, y), Math.max(height, y)];
  const isTaken = (at: number): boolean =>
    lanes.some((lane) => {
      const [laneX, laneY] = lane.wire[end];
      const other = end === 'from' ? lane.out : lane.in;
      return (
        lane.wire.source !== wire.source &&
        Math.abs(laneX + side * other - at) < STAGGER - 1 &&
        Math.min(laneY, lane.y) < bottom &&
        Math.max(laneY, lane.y) > top
      );
    });
  for (let turn = TURN; turn <= WIDEST; turn += STAGGER) if (!isTaken(x + side * turn)) return turn;
  return TURN;
}

/** Where a word stands in a lane: beside those of lanes that run close. */
function wordAt(middle: number, y: number, lanes: readonly Taken[]): number {
  const isTaken = (x: number): boolean =>
    lanes.some((lane) => Math.abs(lane.y - y) < WORD_HEIGHT && Math.abs(lane.word - x) < WORD);
  for (let aside = 0; aside < 6; aside++)
    if (!isTaken(middle + aside * WORD)) return middle + aside * WORD;
  return middle;
}

export interface Way {
  /** As the `d` of an SVG path. */
  path: string;
  /** Where a word about the wire stands. */
  middle: Place;
}

/** The line of a wire, along its lane if it has one. */
export function wayOf(from: Place, to: Place, lane: Lane | undefined): Way {
  if (goesBack({ from, to })) return wayBack(from, to, lane);
  if (lane === undefined) return { path: `M${from}${curve(from, to)}`, middle: half(from, to) };
  const swing = swingOf(from, to);
  const [one, two]: [Place, Place] = [
    [from[0] + swing, lane.y],
    [to[0] - swing, lane.y],
  ];
  return {
    path: `M${from}${curve(from, one)}L${two}${curve(two, to)}`,
    middle: half(one, two),
  };
}

function curve(from: Place, to: Place): string {
  const bend = (to[0] - from[0]) / 2;
  return `C${from[0] + bend} ${from[1]} ${to[0] - bend} ${to[1]} ${to}`;
}

const half = (one: Place, other: Place): Place => [
  (one[0] + other[0]) / 2,
  (one[1] + other[1]) / 2,
];

/** Out to the right, along the lane to the left, and in again, with round corners. */
function wayBack(from: Place, to: Place, lane: Lane | undefined): Way {
  const right = from[0] + (lane?.out || TURN);
  const left = to[0] - (lane?.in || TURN);
  const y = lane?.y ?? (from[1] + to[1]) / 2;
  const corners: Place[] = [from, [right, from[1]], [right, y], [left, y], [left, to[1]], to];
  return { path: rounded(corners), middle: [lane?.word ?? (right + left) / 2, y] };
}

function rounded(corners: Place[]): string {
  const parts = corners.slice(1, -1).map((corner, index) => {
    const [before, after] = [corners[index] as Place, corners[index + 2] as Place];
    return `L${towards(corner, before)}Q${corner} ${towards(corner, after)}`;
  });
  return `M${corners[0]}${parts.join('')}L${corners.at(-1)}`;
}

/** The point on the way from one to another where a corner begins to be round. */
function towards([x, y]: Place, [toX, toY]: Place): Place {
  const length = Math.hypot(toX - x, toY - y);
  const part = length ? Math.min(ROUND, length / 2) / length : 0;
  return [x + (toX - x) * part, y + (toY - y) * part];
}
