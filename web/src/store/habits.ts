/** Other workflows and the samples: what stands next to what in them ranks what is offered. */

import { create } from 'zustand';
import type { Document } from '../model/document';
import type { Workspace } from '../model/wire';
import { address, get } from './server';

interface Habits {
  bodies: Document[];
  load(open: string): Promise<void>;
}

const MOST = 20;

let isLoaded = false;

export const useHabits = create<Habits>((set) => ({
  bodies: [],
  load: async (open) => {
    if (isLoaded) return;
    isLoaded = true;
    try {
      const { workflows, samples } = await get<Workspace>(address(['workspace']));
      const others = [...workflows, ...samples]
        .filter(({ path, fault }) => path !== open && !fault)
        .map(({ path }) => path)
        .slice(0, MOST);
      const found = await Promise.allSettled(
        others.map((path) => get<Document>(address(['workflows', path]))),
      );
      set({ bodies: found.flatMap((item) => (item.status === 'fulfilled' ? [item.value] : [])) });
    } catch {
      // only the order of a list hangs on it
      isLoaded = false;
    }
  },
}));
