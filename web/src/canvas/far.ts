/** How much of the drawing is shown: from far away only what can still be read. */

import { type ReactFlowState, useStore } from '@xyflow/react';

export type Detail = 'near' | 'middle' | 'far';

/** Below these zooms letters on cards are larger, or there is only a title. */
const MIDDLE = 0.75;
const FAR = 0.4;

const isFar = (state: ReactFlowState): boolean => state.transform[2] < FAR;

const detailOf = (state: ReactFlowState): Detail =>
  isFar(state) ? 'far' : state.transform[2] < MIDDLE ? 'middle' : 'near';

export const useFar = (): boolean => useStore(isFar);
export const useDetail = (): Detail => useStore(detailOf);
