import { useCallback, useEffect, useRef, useState } from 'react';
import type { Inside } from '../../../model/wire';
import { sentenceOf } from '../../../store/server';
import { toast } from '../../../store/toast';
import { cancelLook, fetchInside, type Look } from './api';

export interface Looked {
  inside: Inside | null;
  fault: string;
  /** Whether something newer is on its way. */
  isLooking: boolean;
}

interface Looking extends Looked {
  /** Look once more: after a fault, say. */
  again: () => void;
  /** End the look that is under way. */
  cancel: () => void;
}

/**
 * Look inside, one look at a time: of those wished meanwhile only the latest is taken.
 *
 * @param key Changes when something else is to be seen.
 */
export function useLook(look: Look | null, key: string): Looking {
  const [looked, setLooked] = useState<Looked>({ inside: null, fault: '', isLooking: true });
  const wish = useRef<Look | null>(null);
  const asker = useRef('');
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  const start = useCallback(async (next: Look): Promise<void> => {
    wish.current = next;
    setLooked((old) => ({ ...old, fault: '', isLooking: true }));
    if (asker.current) return;
    while (wish.current && !isGone.current) {
      const taken: Look = wish.current;
      wish.current = null;
      asker.current = Math.random().toString(36).slice(2);
      const found = await fetchInside(taken, asker.current).then(
        (inside): Looked => ({ inside, fault: '', isLooking: false }),
        (error): Looked => ({ inside: null, fault: sentenceOf(error), isLooking: false }),
      );
      if (!isGone.current && !wish.current) setLooked(found);
    }
    asker.current = '';
  }, []);
  useEffect(() => {
    if (key && look) void start(look);
  }, [key]);
  const again = () => {
    if (look) void start(look);
  };
  const cancel = () => {
    wish.current = null;
    cancelLook(asker.current).catch((error: unknown) => toast(sentenceOf(error), 'error'));
  };
  return { ...looked, again, cancel };
}
