import { Icon } from '../parts/Icon';
import './EmptyHint.css';

/** What to do on an empty canvas. */
export function EmptyHint({ component }: { component: string }) {
  return (
    <div className="fe-empty">
      <Icon name="plug" size={28} />
      <h2>{component ? 'This component is empty' : 'Start with a node'}</h2>
      <p>
        Drag one here from the left, double-click anywhere, or press{' '}
        <kbd className="fe-key">Ctrl</kbd> <kbd className="fe-key">Space</kbd>.
        <br />A data file dropped here becomes a node that reads it.
      </p>
    </div>
  );
}
