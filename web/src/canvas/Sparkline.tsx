import { useMetrics } from '../store/run';

const WIDTH = 158;
const HEIGHT = 24;
const MOST = 120;

/** The loss of a running learner, as a line of a card's width. */
export function Sparkline({ path }: { path: string }) {
  const metrics = useMetrics(path) ?? {};
  const name = Object.keys(metrics).find((key) => /loss/i.test(key));
  const points = name ? thinned(metrics[name] ?? []) : [];
  if (points.length < 2) return null;
  const values = points.map(([, value]) => value);
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const range = high - low || 1;
  const line = values
    .map((value, index) => {
      const x = (index / (values.length - 1)) * WIDTH;
      return `${x.toFixed(1)},${(HEIGHT - ((value - low) / range) * HEIGHT).toFixed(1)}`;
    })
    .join(' ');
  return (
    <svg className="fe-sparkline" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={name}>
      <polyline points={line} />
    </svg>
  );
}

/** At most so many points as can be seen, and always the last one. */
function thinned(points: [number, number][]): [number, number][] {
  const finite = points.filter(([, value]) => Number.isFinite(value));
  const step = Math.ceil(finite.length / MOST);
  return finite.filter((_, index) => index % step === 0 || index === finite.length - 1);
}
