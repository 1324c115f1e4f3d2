import './PortMark.css';
import { usePortType } from '../store/catalogue';

/** Outlines of ports, in a square of 12. */
const SHAPES: Record<string, string> = {
  triangle: 'M2.5 1.5L11 6l-8.5 4.5z',
  square: 'M2 2h8v8H2z',
  diamond: 'M6 .8L11.2 6 6 11.2.8 6z',
  circle: 'M6 1.5a4.5 4.5 0 110 9 4.5 4.5 0 010-9z',
  ring: 'M6 2a4 4 0 110 8 4 4 0 010-8z',
};
const OTHER = 'M6 1.2l4.2 2.4v4.8L6 10.8 1.8 8.4V3.6z';

interface PortMarkProps {
  type: string;
  /** Whether it takes several connections. */
  many?: boolean;
  size?: number;
}

/** A port by the shape and colour of its type. */
export function PortMark({ type, many = false, size = 12 }: PortMarkProps) {
  const info = usePortType(type);
  const shape = info?.shape ?? 'circle';
  return (
    <svg
      className={`fe-port-mark${shape === 'ring' ? ' fe-port-hollow' : ''}`}
      width={size}
      height={size}
      viewBox="0 0 12 12"
      style={{ color: colourOf(type, info?.colour) }}
      aria-hidden="true"
    >
      {many && <path d={SHAPES[shape] ?? OTHER} transform="translate(-3 0)" />}
      <path d={SHAPES[shape] ?? OTHER} />
    </svg>
  );
}

/** The colour of a port type: the theme's where it has one, else the type's own. */
export const colourOf = (type: string, own = 'var(--fe-text-faint)'): string =>
  type
    ? `var(--fe-type-${type.replace(/[^a-z0-9_-]/gi, '')}, color-mix(in srgb, ${own}, var(--fe-mix)))`
    : 'var(--fe-text-faint)';
