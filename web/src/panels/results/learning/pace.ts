/** What was seen of a node's progress at a moment. */
export interface Sample {
  /** Seconds. */
  time: number;
  /** Part of the work that is done. */
  fraction: number;
  /** Steps that are done. */
  step: number;
}

/** How quickly it goes; null: not known yet. */
export interface Pace {
  stepsPerSecond: number | null;
  secondsLeft: number | null;
}

/** Seconds over which the pace is measured: long enough to be steady, short enough to follow. */
const SPAN = 20;

/** Below this many seconds nothing can be said. */
const SHORTEST = 0.5;

/** Add a sample; samples that are too old fall out, an earlier step begins anew. */
export function noted(samples: readonly Sample[], sample: Sample): Sample[] {
  const last = samples.at(-1);
  if (last && (sample.step < last.step || sample.fraction < last.fraction)) return [sample];
  if (last && sample.step === last.step && sample.fraction === last.fraction) return [...samples];
  const kept = samples.filter((one) => sample.time - one.time <= SPAN);
  return [...kept, sample];
}

/**
 * Return the pace that the samples tell.
 *
 * @param now The time, so that a stall is seen: without news the pace falls.
 */
export function pace(samples: readonly Sample[], now: number): Pace {
  const first = samples[0];
  const last = samples.at(-1);
  if (!first || !last || last.time - first.time < SHORTEST) {
    return { stepsPerSecond: null, secondsLeft: null };
  }
  const usual = (last.time - first.time) / Math.max(1, samples.length - 1);
  const silence = Math.max(0, now - last.time - 2 * usual);
  const seconds = last.time - first.time + silence;
  const steps = last.step - first.step;
  const part = last.fraction - first.fraction;
  return {
    stepsPerSecond: steps > 0 ? steps / seconds : null,
    secondsLeft: part > 0 ? ((1 - last.fraction) / part) * seconds : null,
  };
}

/** Return a time as people read it: `12 s`, `3 min 5 s`, `1 h 20 min`. */
export function durationText(seconds: number): string {
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`;
  if (seconds < 10) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return parts(Math.floor(whole / 60), 'min', whole % 60, 's');
  return parts(Math.floor(whole / 3600), 'h', Math.round((whole % 3600) / 60), 'min');
}

function parts(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small ? `${large} ${largeUnit} ${small} ${smallUnit}` : `${large} ${largeUnit}`;
}
