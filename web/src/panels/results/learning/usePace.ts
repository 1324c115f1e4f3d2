import { useEffect, useRef, useState } from 'react';
import type { NodeRun } from '../../../model/wire';
import type { Metrics } from './curves';
import { noted, type Pace, pace, type Sample } from './pace';

/** Return how quickly a node works and how long it will take, said anew each second. */
export function usePace(run: NodeRun | undefined, metrics: Metrics | undefined): Pace {
  const samples = useRef<Sample[]>([]);
  const [now, setNow] = useState(() => Date.now() / 1000);
  const isRunning = run?.state === 'running';
  const fraction = run?.fraction ?? 0;
  const step = Math.max(
    0,
    ...Object.values(metrics ?? {}).map((points) => points.at(-1)?.[0] ?? 0),
  );
  useEffect(() => {
    if (!isRunning) return;
    const timer = window.setInterval(() => setNow(Date.now() / 1000), 1000);
    return () => window.clearInterval(timer);
  }, [isRunning]);
  useEffect(() => {
    const time = Date.now() / 1000;
    samples.current = isRunning ? noted(samples.current, { time, fraction, step }) : [];
  }, [isRunning, fraction, step]);
  return pace(samples.current, now);
}
