/** Buttons of the node's head: to run to here, and to forget the result. */
export function HeadActions(_: { path: string }) {
  return null;
}
