/** Where the editor is. */

import { create } from 'zustand';
import { hashOf, parsed, type Route } from '../model/address';

export const useRoute = create<Route>(() => parsed(window.location.hash));

window.addEventListener('hashchange', () => useRoute.setState(parsed(window.location.hash)));

/** Open a workflow, or the start page. */
export function go(workflow: string | null, node?: string): void {
  window.location.hash = hashOf(workflow, node);
}
