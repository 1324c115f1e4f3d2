/** Where the bar of a card's commands goes: above the card, and always on the stage as a whole. */

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

const GAP = 6;
const EDGE = 4;

/** Return the bar's corner at the top left; all is measured from the stage's, in pixels. */
export function barPlace(
  card: Box,
  bar: { width: number; height: number },
  stage: { width: number },
): { x: number; y: number } {
  const last = stage.width - bar.width - EDGE;
  const above = card.y - GAP - bar.height;
  return {
    x: Math.max(EDGE, Math.min(card.x, last)),
    y: above >= EDGE ? above : card.y + card.height + GAP,
  };
}
