import type { Fault } from '../model/wire';
import { Icon } from '../parts/Icon';
import { Tooltip } from '../parts/Tooltip';

interface BadgeProps {
  faults: readonly Fault[];
  error: string;
  warnings: readonly string[] | undefined;
}

/** A mark where something is wrong; the sentences are in its tooltip. */
export function Badge({ faults, error, warnings = [] }: BadgeProps) {
  const errors = [error, ...faults.filter(isError).map(({ message }) => message)].filter(Boolean);
  const others = [
    ...faults.filter((fault) => !isError(fault)).map(({ message }) => message),
    ...warnings,
  ];
  const sentences = [...new Set([...errors, ...others])];
  if (!sentences.length) return null;
  const look = errors.length ? 'error' : 'warning';
  return (
    <Tooltip text={sentences.join('\n')}>
      <span
        className={`fe-node-badge fe-node-badge-${look}`}
        role="img"
        aria-label={`${look}: ${sentences.join(' ')}`}
      >
        <Icon name={look} size={14} />
      </span>
    </Tooltip>
  );
}

const isError = (fault: Fault): boolean => fault.severity === 'error';
