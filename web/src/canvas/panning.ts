/** The canvas that is pulled along: the browser need not find what lies under the pointer then. */

const canvas = (): HTMLElement | null => document.querySelector('.fe-canvas');

/** Not before it moves: a press that moves nothing is a click on what lies there. */
export const PANNING = {
  onMove: (event: MouseEvent | TouchEvent | null) => {
    if (event?.type === 'mousemove') canvas()?.setAttribute('data-panning', '');
  },
  onMoveEnd: () => canvas()?.removeAttribute('data-panning'),
};
