import { useConnection } from '@xyflow/react';
import { endPull, reasonBetween } from './pulling';
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
  const reason = reasonBetween(fromHandle, toHandle);
  return reason ? (
    <div className="fe-pull-hint" role="status">
      {reason}
    </div>
  ) : null;
}
