/** An action as a button shows it: it greys out and changes with the state it depends on. */

import { useCallback, useSyncExternalStore } from 'react';
import { useDocument } from '../store/document';
import { useReport } from '../store/report';
import { useRun } from '../store/run';
import { useView } from '../store/view';
import type { Action } from './action';
import { actionOf } from './index';

function subscribe(listener: () => void): () => void {
  const stops = [useDocument, useView, useRun, useReport].map((store) => store.subscribe(listener));
  return () => {
    for (const stop of stops) stop();
  };
}

export function useAction(id: string): { action: Action; enabled: boolean; checked: boolean } {
  const action = actionOf(id);
  const enabled = useSyncExternalStore(
    subscribe,
    useCallback(() => action.enabled(), [action]),
  );
  const checked = useSyncExternalStore(
    subscribe,
    useCallback(() => action.checked?.() ?? false, [action]),
  );
  return { action, enabled, checked };
}
