/** Where floating things go: below their anchor, or above where there is no room. */

const GAP = 6;
const EDGE = 8;

/** Put an element of fixed position near a rectangle of the screen. */
export function placed(element: HTMLElement | null, anchor: DOMRect, start = false): void {
  if (!element) return;
  const { offsetWidth: width, offsetHeight: height } = element;
  const wanted = start ? anchor.left : anchor.left + anchor.width / 2 - width / 2;
  const left = Math.max(EDGE, Math.min(wanted, window.innerWidth - width - EDGE));
  const below = anchor.bottom + GAP;
  const fits = below + height <= window.innerHeight - EDGE;
  const top = fits ? below : Math.max(EDGE, anchor.top - GAP - height);
  element.style.left = `${Math.round(left)}px`;
  element.style.top = `${Math.round(top)}px`;
}
