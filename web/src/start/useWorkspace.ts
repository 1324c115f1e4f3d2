import { useCallback, useEffect, useState } from 'react';
import type { Workspace } from '../model/wire';
import { address, get, OfflineError, sentenceOf } from '../store/server';

/** While the server is away it is looked for every so many milliseconds. */
const PAUSE = 2000;

interface Loaded {
  workspace: Workspace | null;
  fault: string;
  isOffline: boolean;
  reload: () => void;
}

/** The workspace, read again when the window is looked at again. */
export function useWorkspace(): Loaded {
  const [workspace, setWorkspace] = useState<Workspace | null>(null);
  const [fault, setFault] = useState('');
  const [isOffline, setOffline] = useState(false);

  const reload = useCallback(() => {
    get<Workspace>(address(['workspace']))
      .then((known) => {
        setWorkspace(known);
        setFault('');
        setOffline(false);
      })
      .catch((error: unknown) => {
        setFault(sentenceOf(error));
        setOffline(error instanceof OfflineError);
      });
  }, []);

  useEffect(() => {
    reload();
    window.addEventListener('focus', reload);
    return () => window.removeEventListener('focus', reload);
  }, [reload]);

  useEffect(() => {
    if (!isOffline) return;
    const timer = window.setInterval(reload, PAUSE);
    return () => window.clearInterval(timer);
  }, [isOffline, reload]);

  return { workspace, fault, isOffline, reload };
}
