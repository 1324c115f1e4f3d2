import { useCallback, useEffect, useState } from 'react';
import type { Workspace } from '../model/wire';
import { address, get, sentenceOf } from '../store/server';

interface Loaded {
  workspace: Workspace | null;
  fault: string;
  reload: () => void;
}

/** The workspace, read again when the window is looked at again. */
export function useWorkspace(): Loaded {
  const [workspace, setWorkspace] = useState<Workspace | null>(null);
  const [fault, setFault] = useState('');

  const reload = useCallback(() => {
    get<Workspace>(address(['workspace']))
      .then((known) => {
        setWorkspace(known);
        setFault('');
      })
      .catch((error: unknown) => setFault(sentenceOf(error)));
  }, []);

  useEffect(() => {
    reload();
    window.addEventListener('focus', reload);
    return () => window.removeEventListener('focus', reload);
  }, [reload]);

  return { workspace, fault, reload };
}
