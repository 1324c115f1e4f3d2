import { useEffect, useRef, useState } from 'react';
import type { Inside } from '../../../model/wire';
import { sentenceOf } from '../../../store/server';
import { fetchInside, type Look } from './api';

export interface Looked {
  inside: Inside | null;
  fault: string;
  /** Whether something newer is on its way. */
  isLooking: boolean;
}

/**
 * Look inside, one look at a time: of those wished meanwhile only the latest is taken.
 *
 * @param key Changes when something else is to be seen.
 */
export function useLook(look: Look | null, key: string): Looked {
  const [looked, setLooked] = useState<Looked>({ inside: null, fault: '', isLooking: true });
  const wish = useRef<Look | null>(null);
  const isBusy = useRef(false);
  const isGone = useRef(false);
  useEffect(() => {
    isGone.current = false;
    return () => {
      isGone.current = true;
    };
  }, []);
  useEffect(() => {
    if (!key || !look) return;
    wish.current = look;
    setLooked((old) => ({ ...old, isLooking: true }));
    if (isBusy.current) return;
    isBusy.current = true;
    void (async () => {
      while (wish.current && !isGone.current) {
        const taken: Look = wish.current;
        wish.current = null;
        const found = await fetchInside(taken).then(
          (inside): Looked => ({ inside, fault: '', isLooking: false }),
          (error): Looked => ({ inside: null, fault: sentenceOf(error), isLooking: false }),
        );
        if (!isGone.current && !wish.current) setLooked(found);
      }
      isBusy.current = false;
    })();
  }, [key]);
  return looked;
}
