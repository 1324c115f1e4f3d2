import { useEffect, useState } from 'react';
import { OfflineError, sentenceOf } from '../../store/server';

export interface Asked<T> {
  answer: T | null;
  fault: string;
  /** Whether the server is away; it is asked again until it is back. */
  isOffline: boolean;
}

const NOTHING = { answer: null, fault: '', isOffline: false };
const FIRST_WAIT = 500;
const LONGEST_WAIT = 5000;

/**
 * Ask again whenever the key changes; an answer to an older question is not taken.
 *
 * The last answer stays until the new one is there, so that nothing flickers.
 */
export function useAsked<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>(NOTHING);
  useEffect(() => {
    const controller = new AbortController();
    let timer = 0;
    const go = (wait: number): void => {
      ask(controller.signal).then(
        (answer) => controller.signal.aborted || setAsked({ ...NOTHING, answer }),
        (error: unknown) => {
          if (controller.signal.aborted) return;
          const isOffline = error instanceof OfflineError;
          setAsked({ answer: null, fault: sentenceOf(error), isOffline });
          if (isOffline) timer = window.setTimeout(go, wait, Math.min(LONGEST_WAIT, wait * 2));
        },
      );
    };
    go(FIRST_WAIT);
    return () => {
      window.clearTimeout(timer);
      controller.abort();
    };
  }, [key]);
  return asked;
}
