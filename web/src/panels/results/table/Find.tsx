import { useEffect, useState } from 'react';
import { Icon } from '../../../parts/Icon';

/** Milliseconds without a letter after which it is looked for. */
const PAUSE = 250;

/** Finds rows by a text in one of their cells. */
export function Find({ find }: { find: (text: string) => void }) {
  const [text, setText] = useState('');
  useEffect(() => {
    const timer = window.setTimeout(() => find(text.trim()), text ? PAUSE : 0);
    return () => window.clearTimeout(timer);
  }, [text, find]);
  return (
    <label className="fe-find">
      <Icon name="search" size={14} />
      <input
        type="search"
        aria-label="Find rows"
        placeholder="Find rows"
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== 'Escape') return;
          setText('');
          event.stopPropagation();
        }}
      />
    </label>
  );
}
