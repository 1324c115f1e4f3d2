/** The earlier runs of the open workflow, asked for when one begins or ends. */

import { useEffect, useMemo } from 'react';
import { create } from 'zustand';
import type { Curves, RunCard, RunState } from '../../model/wire';
import { useDocument } from '../../store/document';
import { useRun } from '../../store/run';
import { address, get, sentenceOf } from '../../store/server';

interface Book {
  workflow: string | null;
  cards: RunCard[];
  fault: string;
  curves: Record<string, Curves>;
  load(workflow: string): Promise<void>;
}

export const useBook = create<Book>((set, state) => ({
  workflow: null,
  cards: [],
  fault: '',
  curves: {},
  load: async (workflow) => {
    if (state().workflow !== workflow) set({ workflow, cards: [], curves: {}, fault: '' });
    try {
      const cards = await get<RunCard[]>(address(['runs'], { workflow }));
      if (state().workflow === workflow) set({ cards, fault: '' });
    } catch (error) {
      if (state().workflow === workflow) set({ fault: sentenceOf(error) });
    }
  },
}));

/**
 * Keep the book up to date while somebody looks at it.
 *
 * @param isCompared Whether what differs from the workflow as it stands is looked at too.
 */
export function useFreshBook(isCompared = false): void {
  const workflow = useDocument((state) => state.path);
  const run = useRun((state) => state.run && `${state.run.id} ${state.run.status}`);
  const saved = useDocument((state) =>
    isCompared && state.saving === 'saved' ? state.document : null,
  );
  const reason = useMemo(() => ({ run, saved }), [run, saved]);
  useEffect(() => {
    if (workflow && reason) void useBook.getState().load(workflow);
  }, [workflow, reason]);
}

const asked = new Map<string, Promise<void>>();

/** Have the curves of runs fetched, each once. */
export function wantCurves(ids: readonly string[]): void {
  const { curves } = useBook.getState();
  for (const id of ids) {
    if (curves[id] || asked.has(id)) continue;
    const request = get<Curves>(address(['runs', id, 'curves'])).then(
      (found) => useBook.setState((state) => ({ curves: { ...state.curves, [id]: found } })),
      () => {
        // Without its curves a run is simply not drawn.
      },
    );
    asked.set(
      id,
      request.finally(() => asked.delete(id)),
    );
  }
}

export const fetchRun = (id: string, signal?: AbortSignal): Promise<RunState> =>
  get(address(['runs', id]), signal);
