import { useConnection } from '@xyflow/react';
import { endPull, portOf, reasonAgainst } from './pulling';
import './PullHint.css';
import { useEffect } from 'react';

/** Why the port under the pointer does not take the wire that is pulled. */
export function PullHint() {
  const connection = useConnection();
  const { inProgress, fromHandle, toHandle, isValid } = connection;
  useEffect(() => {
    if (!inProgress) endPull();
  }, [inProgress]);
  if (!inProgress || !toHandle || !fromHandle || isValid !== false) return null;
  const here = { node: fromHandle.nodeId, port: portOf(fromHandle.id) };
  const there = { node: toHandle.nodeId, port: portOf(toHandle.id) };
  if (fromHandle.type === toHandle.type) return null;
  const reason =
    fromHandle.type === 'source' ? reasonAgainst(here, there) : reasonAgainst(there, here);
  return reason ? (
    <div className="fe-pull-hint" role="status">
      {reason}
    </div>
  ) : null;
}
