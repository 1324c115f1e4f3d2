/** How much of the drawing is shown: from far away only what can still be read. */

import { type ReactFlowState, useStore } from '@xyflow/react';

/** Below this zoom only colour and title of a node can be read. */
const FAR = 0.4;

const isFar = (state: ReactFlowState): boolean => state.transform[2] < FAR;

export const useFar = (): boolean => useStore(isFar);
