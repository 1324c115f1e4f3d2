import { useState } from 'react';
import type { Preview } from '../../../model/wire';
import { address, get } from '../../../store/server';
import { useAsked } from '../useAsked';

interface Props {
  run: string;
  path: string;
  /** The latest picture. */
  latest: Preview;
}

/** What a network makes while it learns; the slider goes back to earlier pictures. */
export function Pictures({ run, path, latest }: Props) {
  const [asked, setAsked] = useState(false);
  const [place, setPlace] = useState<number | null>(null);
  const key = asked ? `${run} ${path} ${latest.step}` : '';
  const { answer } = useAsked(key, (signal) =>
    key
      ? get<Preview[]>(`${address(['runs', run, 'pictures'], { node: path })}`, signal)
      : Promise.resolve([]),
  );
  const all = answer?.length ? answer : [latest];
  const shown = place === null ? latest : (all[Math.min(place, all.length - 1)] ?? latest);
  // A slider without a way stands at its left end, which would say "the first".
  const end = Math.max(1, all.length - 1);
  const name = shown.name.replaceAll('_', ' ');
  return (
    <figure className="fe-preview" onPointerEnter={() => setAsked(true)}>
      <img src={shown.image} alt={`${shown.name} after step ${shown.step}`} />
      <input
        type="range"
        aria-label="Earlier pictures"
        min={0}
        max={end}
        value={place ?? end}
        onFocus={() => setAsked(true)}
        onChange={(event) => {
          const next = Number(event.target.value);
          // at the end it follows what comes
          setPlace(next >= all.length - 1 ? null : next);
        }}
      />
      <figcaption>
        {name} · {shown.step.toLocaleString('en')}
        {place === null ? '' : ` of ${latest.step.toLocaleString('en')}`}
      </figcaption>
    </figure>
  );
}
