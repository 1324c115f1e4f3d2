/** How much of the drawing is shown: from far away only what can still be read. */

import { type ReactFlowState, useStore } from '@xyflow/react';
import { createContext, useContext } from 'react';

export type Detail = 'near' | 'middle' | 'far';

/** Below these zooms letters on cards are larger, or there is only a title. */
const MIDDLE = 0.75;
const FAR = 0.4;
/** Below this a title's letters are five pixels high; painting a thousand of them holds a move up. */
const UNREADABLE = 0.2;

const detailOf = ({ transform: [, , zoom] }: ReactFlowState): Detail =>
  zoom < FAR ? 'far' : zoom < MIDDLE ? 'middle' : 'near';

/** Tells all that is drawn; thousands of cards and wires that each ask the canvas hold a move up. */
export const DetailContext = createContext<Detail>('near');

export const useZoomDetail = (): Detail => useStore(detailOf);
export const useUnreadable = (): boolean =>
  useStore(({ transform: [, , zoom] }) => zoom < UNREADABLE);
export const useDetail = (): Detail => useContext(DetailContext);
