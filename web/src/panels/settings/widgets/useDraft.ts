/** Text while it is typed: what is meant goes out at once, the letters stay as they are. */

import { useRef, useState } from 'react';
import { same } from '../../../model/form/value';

interface Draft {
  text: string;
  type: (text: string) => void;
  /** Leave the field: from now on the value's own text is shown. */
  leave: () => void;
}

/** Keep what is typed until the field is left, or its value changes for another reason. */
export function useDraft(
  value: unknown,
  write: (value: unknown) => string,
  read: (text: string) => unknown,
  onChange: (value: unknown) => void,
): Draft {
  const [draft, setDraft] = useState<string | null>(null);
  const sent = useRef<unknown>(undefined);
  // a value that means the default comes back as none
  const isMine = draft !== null && (value === undefined || same(value, sent.current));
  return {
    text: isMine ? draft : write(value),
    type: (text) => {
      setDraft(text);
      sent.current = read(text);
      onChange(sent.current);
    },
    leave: () => setDraft(null),
  };
}
