/** How a sketch is fitted into a card. */
import type { Sketch } from '../model/wire';

const WIDTH = 176;
const HEIGHT = 56;
/** A card is this much wider than high. */
const RATIO = 2.4;

interface View {
  /** The part that is shown, as SVG's view box. */
  box: string;
  /** Size of a node; in long rows they are drawn taller, so that they can be seen. */
  width: number;
  height: number;
  /** Height of a node on the canvas. */
  node: number;
  line: number;
}

/** Return what of a sketch is shown, and how thick things are drawn. */
export function fitted({ nodes }: Sketch): View {
  const xs = nodes.map(([x]) => x);
  const ys = nodes.map(([, y]) => y);
  const [left, top] = [Math.min(...xs, 0), Math.min(...ys, 0)];
  const [x, y] = nodes.length ? [Math.min(...xs), Math.min(...ys)] : [left, top];
  const width = nodes.length ? Math.max(...xs) - x + WIDTH : WIDTH * 4;
  const height = nodes.length ? Math.max(...ys) - y + HEIGHT : HEIGHT * 4;
  // a few nodes are not blown up to fill the card
  const shown = Math.max(width, height * RATIO, WIDTH * 4) * 1.08;
  const grown = Math.max(1, shown / (WIDTH * 14));
  const box = [x + width / 2 - shown / 2, y + height / 2 - shown / RATIO / 2, shown, shown / RATIO];
  return {
    box: box.map((value) => Math.round(value)).join(' '),
    width: WIDTH,
    height: HEIGHT * Math.min(grown, 3),
    node: HEIGHT,
    line: shown / 260,
  };
}
