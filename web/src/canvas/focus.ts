/** Keyboard focus on the canvas. */

/** Put the focus on the selected node, else on the canvas itself. */
export function focusCanvas(): void {
  requestAnimationFrame(focusNow);
}

/** Put the focus back where a field that had it went away, unless it is elsewhere by now. */
export function refocusCanvas(): void {
  requestAnimationFrame(() => {
    if (document.activeElement === document.body) focusNow();
  });
}

function focusNow(): void {
  const chosen = document.querySelector<HTMLElement>('.react-flow__node.selected');
  (chosen ?? document.querySelector<HTMLElement>('.fe-canvas'))?.focus({ preventScroll: true });
}
