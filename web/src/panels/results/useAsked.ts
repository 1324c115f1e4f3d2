import { useEffect, useState } from 'react';
import { sentenceOf } from '../../store/server';

export interface Asked<T> {
  answer: T | null;
  fault: string;
}

const NOTHING = { answer: null, fault: '' };

/**
 * Ask again whenever the key changes; an answer to an older question is not taken.
 *
 * The last answer stays until the new one is there, so that nothing flickers.
 */
export function useAsked<T>(key: string, ask: (signal: AbortSignal) => Promise<T>): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>(NOTHING);
  useEffect(() => {
    const controller = new AbortController();
    ask(controller.signal).then(
      (answer) => controller.signal.aborted || setAsked({ answer, fault: '' }),
      (error: unknown) =>
        controller.signal.aborted || setAsked({ answer: null, fault: sentenceOf(error) }),
    );
    return () => controller.abort();
  }, [key]);
  return asked;
}
