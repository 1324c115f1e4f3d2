/** Keyboard focus on the canvas. */

/** Put the focus on the selected node, else on the canvas itself. */
export function focusCanvas(): void {
  requestAnimationFrame(() => {
    const chosen = document.querySelector<HTMLElement>('.react-flow__node.selected');
    (chosen ?? document.querySelector<HTMLElement>('.fe-canvas'))?.focus({ preventScroll: true });
  });
}
