/** How curves are drawn; remembered by the browser. */

import { create } from 'zustand';

interface Shown {
  /** 0: as measured; towards 1: smoother. */
  smoothing: number;
  isLog: boolean;
  axis: 'epoch' | 'step';
  /** Whether earlier runs are drawn behind. */
  earlier: boolean;
}

interface Options extends Shown {
  change(options: Partial<Shown>): void;
}

const KEY = 'flowengine.curves';
const FIRST: Shown = { smoothing: 0.6, isLog: false, axis: 'epoch', earlier: true };

function kept(): Partial<Shown> {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Partial<Shown>;
  } catch {
    return {};
  }
}

export const useOptions = create<Options>((set, state) => ({
  ...FIRST,
  ...kept(),
  change: (options) => {
    set(options);
    const { smoothing, isLog, axis, earlier } = state();
    try {
      localStorage.setItem(KEY, JSON.stringify({ smoothing, isLog, axis, earlier }));
    } catch {
      // private windows may forbid it; then nothing is remembered
    }
  },
}));
