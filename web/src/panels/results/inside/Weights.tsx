import type { InsideWeight } from '../../../model/wire';
import { valueText } from './values';
import './weights.css';

/** The weights of a layer in numbers, with their histograms. */
export function Weights({ weights }: { weights: readonly InsideWeight[] }) {
  if (!weights.length) return null;
  return (
    <div className="fe-weights">
      {weights.map((weight) => (
        <figure key={`${weight.layer} ${weight.name}`}>
          <figcaption>
            <strong>{weight.name.replaceAll('_', ' ')}</strong> {weight.shape.join('×') || 'one'}
          </figcaption>
          <Bars weight={weight} />
          <small>
            <span>{valueText(weight.low)}</span>
            <span>
              mean {valueText(weight.mean)} ± {valueText(weight.deviation)} · norm{' '}
              {valueText(weight.norm)}
            </span>
            <span>{valueText(weight.high)}</span>
          </small>
        </figure>
      ))}
    </div>
  );
}

function Bars({ weight: { bins, name } }: { weight: InsideWeight }) {
  const most = Math.max(...bins, 1);
  return (
    <svg
      viewBox={`0 0 ${bins.length} 1`}
      preserveAspectRatio="none"
      role="img"
      aria-label={`Distribution of ${name}`}
    >
      {bins.map((count, place) => (
        <rect
          key={place}
          x={place + 0.08}
          width={0.84}
          y={1 - count / most}
          height={count / most}
        />
      ))}
    </svg>
  );
}
