/** How the palette adds nodes: the canvas that is open says how it takes them. */

export interface NodeTaker {
  /** Add a node in the middle of what is seen, or beside the selected one. */
  addToCentre(type: string): void;
  /** Add a node at a place on the screen, if it is on the canvas. */
  addAt(type: string, clientX: number, clientY: number): void;
  /** Show what a drop would do here; `null`: nothing is held any more. */
  hover(type: string | null, clientX: number, clientY: number): void;
}

let taker: NodeTaker | null = null;

/** Take the nodes that the palette gives from now on; returns how to stop. */
export function takeNodes(canvas: NodeTaker): () => void {
  taker = canvas;
  return () => {
    if (taker === canvas) taker = null;
  };
}

export const addToCentre = (type: string): void => taker?.addToCentre(type);

export const addAtPointer = (type: string, x: number, y: number): void => taker?.addAt(type, x, y);

export const hoverAt = (type: string | null, x: number, y: number): void =>
  taker?.hover(type, x, y);
