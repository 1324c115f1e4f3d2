import type { NodeState, RunStatus } from '../model/wire';
import './StateGlyph.css';

interface StateGlyphProps {
  state: NodeState;
  /** How far it is, while it runs; 0 where that is not known. */
  fraction?: number;
  size?: number;
}

const RADIUS = 6;
const ROUND = 2 * Math.PI * RADIUS;

const RUNS: Record<RunStatus, NodeState> = {
  running: 'running',
  done: 'done',
  failed: 'failed',
  cancelled: 'cancelled',
  interrupted: 'stopped',
};

/** The state by whose mark a run is shown. */
export const glyphOf = (status: RunStatus): NodeState => RUNS[status];

/** The state of a node as colour, shape and word. */
export function StateGlyph({ state, fraction = 0, size = 18 }: StateGlyphProps) {
  return (
    <svg
      className={`fe-state fe-state-${state.replace(' ', '-')}`}
      width={size}
      height={size}
      viewBox="0 0 16 16"
      role="img"
      aria-label={state}
      fill="none"
      strokeWidth={1.6}
      strokeLinecap="round"
      strokeLinejoin="round"
    >
      <Shape state={state} fraction={fraction} />
    </svg>
  );
}

function Shape({ state, fraction }: { state: NodeState; fraction: number }) {
  switch (state) {
    case 'waiting':
      return <circle cx={8} cy={8} r={RADIUS} strokeDasharray="0.5 3.27" strokeWidth={1.9} />;
    case 'queued':
      return <path d="M8 8V4.5M8 8l2.4 1.4M14 8A6 6 0 112 8a6 6 0 0112 0z" />;
    case 'running':
      return <Ring fraction={fraction} />;
    case 'done':
      return (
        <>
          <circle cx={8} cy={8} r={6.8} className="fe-state-fill" />
          <path d="M5 8.2l2.2 2.2L11.2 6" className="fe-state-mark" />
        </>
      );
    case 'changed':
      return (
        <>
          <circle cx={8} cy={8} r={RADIUS} />
          <path d="M8 1.5a6.5 6.5 0 000 13z" className="fe-state-fill" />
          <path d="M9.5 9.5L11.5 6.5" />
        </>
      );
    case 'failed':
      return (
        <>
          <circle cx={8} cy={8} r={6.8} className="fe-state-fill" />
          <path d="M5.7 5.7l4.6 4.6M10.3 5.7l-4.6 4.6" className="fe-state-mark" />
        </>
      );
    case 'stopped':
      return <path d="M6.4 5.5v5M9.6 5.5v5M14 8A6 6 0 112 8a6 6 0 0112 0z" />;
    case 'cancelled':
      return <path d="M6 6h4v4H6zM14 8A6 6 0 112 8a6 6 0 0112 0z" />;
    case 'skipped':
      return <path d="M4 12l8-8M14 8A6 6 0 112 8a6 6 0 0112 0z" />;
    case 'inactive':
      return <path d="M4.5 8h7" />;
    default:
      return <circle cx={8} cy={8} r={RADIUS} />;
  }
}

/** A ring that fills; it turns while nobody knows how far it is. */
function Ring({ fraction }: { fraction: number }) {
  const shown = fraction > 0 ? fraction : 0.25;
  return (
    <g className={fraction > 0 ? undefined : 'fe-state-turning'}>
      <circle cx={8} cy={8} r={RADIUS} opacity={0.25} strokeWidth={2.2} />
      <circle
        cx={8}
        cy={8}
        r={RADIUS}
        strokeWidth={2.2}
        strokeDasharray={`${ROUND * shown} ${ROUND}`}
        transform="rotate(-90 8 8)"
      />
    </g>
  );
}
