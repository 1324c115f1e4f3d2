import { Suspense } from 'react';
import { IconButton } from '../parts/Button';
import { lazily } from '../parts/lazily';
import { useView } from '../store/view';
import './Below.css';

const Results = lazily(async () => ({ default: (await import('./results/Results')).Results }));
const Runs = lazily(async () => ({ default: (await import('./runs/Runs')).Runs }));

const CHOICES = [
  { id: 'settings', label: 'Settings', name: 'Panel below' },
  { id: 'results', label: 'Results', name: 'Results' },
  { id: 'runs', label: 'Runs', name: 'Earlier runs' },
] as const;

/** The panel under the canvas: results of what is selected, or earlier runs; settings if given. */
export function Below({ settings }: { settings?: React.ReactNode }) {
  const { below, setBelow, setCollapsed } = useView();
  const choices = CHOICES.filter(({ id }) => id !== 'settings' || settings);
  return (
    <section className="fe-below" aria-label={choices.find(({ id }) => id === below)?.name}>
      <div className="fe-below-rail">
        {choices.map(({ id, label }) => (
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
        {below === 'settings' ? (
          settings
        ) : (
          <Suspense fallback={null}>{below === 'runs' ? <Runs /> : <Results />}</Suspense>
        )}
      </div>
    </section>
  );
}
