/** The row that was picked of each table: whoever goes from layer to layer keeps looking at it. */

import { create } from 'zustand';

interface Picked {
  rows: Readonly<Record<string, number>>;
  pick(table: string, row: number): void;
}

export const usePicked = create<Picked>((set) => ({
  rows: {},
  pick: (table, row) => set((state) => ({ rows: { ...state.rows, [table]: row } })),
}));
