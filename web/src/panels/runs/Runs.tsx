import { Suspense, useMemo, useState } from 'react';
import { colours } from '../../charts/palette';
import { lazily } from '../../parts/lazily';
import { useView } from '../../store/view';
import { useBook, useFreshBook } from './book';
import { firstChosen } from './comparing';
import { RunTable } from './RunTable';
import '../results/results.css';
import './runs.css';

const Compare = lazily(() => import('./Compare'));

/** Earlier runs of the workflow: what was set otherwise, how it came out, curves over each other. */
export function Runs() {
  useFreshBook(true);
  const { cards, fault } = useBook();
  const theme = useView((state) => state.theme);
  const [asked, setAsked] = useState<string[] | null>(null);
  const chosen = useMemo(() => asked ?? firstChosen(cards), [asked, cards]);
  const colourOf = useMemo(() => {
    const palette = colours(theme);
    return (id: string) => palette[chosen.indexOf(id) % palette.length];
  }, [theme, chosen]);
  const toggle = (id: string) =>
    setAsked(chosen.includes(id) ? chosen.filter((one) => one !== id) : [...chosen, id]);
  if (!cards.length) {
    const words = 'No runs yet. Each run is kept here with its settings and how it came out.';
    return (
      <section className="fe-runs" aria-label="Runs">
        <p className="fe-results-hint">{fault || words}</p>
      </section>
    );
  }
  return (
    <section className="fe-runs" aria-label="Runs">
      <RunTable cards={cards} chosen={chosen} colourOf={colourOf} toggle={toggle} />
      <Suspense fallback={null}>
        {chosen.length > 0 && <Compare chosen={chosen} colourOf={colourOf} />}
      </Suspense>
    </section>
  );
}
