import { Suspense } from 'react';
import { IconButton } from '../parts/Button';
import { lazily } from '../parts/lazily';
import { useView } from '../store/view';
import './Below.css';

const Results = lazily(async () => ({ default: (await import('./results/Results')).Results }));
const Runs = lazily(async () => ({ default: (await import('./runs/Runs')).Runs }));

const CHOICES = [
  { id: 'results', label: 'Results' },
  { id: 'runs', label: 'Runs' },
] as const;

/** The panel under the canvas: results of what is selected, or earlier runs. */
export function Below() {
  const { below, setBelow, setCollapsed } = useView();
  return (
    <section className="fe-below" aria-label={below === 'runs' ? 'Earlier runs' : 'Results'}>
      <div className="fe-below-rail">
        {CHOICES.map(({ id, label }) => (
          <button
            key={id}
            type="button"
            className="fe-below-choice"
            aria-pressed={below === id}
            onClick={() => setBelow(id)}
          >
            {label}
          </button>
        ))}
        <span className="fe-below-space" />
        <IconButton
          icon="chevronDown"
          label="Hide this panel"
          onClick={() => setCollapsed('results', true)}
        />
      </div>
      <div className="fe-below-content">
        <Suspense fallback={null}>{below === 'runs' ? <Runs /> : <Results />}</Suspense>
      </div>
    </section>
  );
}
