import { useEffect, useMemo, useState } from 'react';
import { LineChart } from '../../charts/LineChart';
import { useRun } from '../../store/run';
import { metricText } from '../results/learning/curves';
import { useOptions } from '../results/learning/options';
import { useBook, wantCurves } from './book';
import { whenText } from './comparing';
import { type Compared, measures, overlay } from './overlay';

interface Props {
  chosen: readonly string[];
  colourOf: (id: string) => string;
}

/** The curves of the chosen runs over each other. */
export default function Compare({ chosen, colourOf }: Props) {
  const { smoothing, isLog, change } = useOptions();
  const [asked, setAsked] = useState('');
  const runs = useCompared(chosen, colourOf);
  const all = useMemo(() => measures(runs), [runs]);
  const measure = all.find((one) => one.key === asked) ?? all[0];
  const drawn = useMemo(
    () => measure && overlay(runs, measure, { smoothing, isLog }),
    [runs, measure, smoothing, isLog],
  );
  if (!measure || !drawn) return null;
  return (
    <div className="fe-compare">
      <div className="fe-results-bar">
        <select
          aria-label="Compare by"
          value={measure.key}
          onChange={(event) => setAsked(event.target.value)}
        >
          {all.map(({ key, label }) => (
            <option key={key} value={key}>
              {label}
            </option>
          ))}
        </select>
        <label>
          <input
            type="checkbox"
            checked={isLog}
            onChange={(event) => change({ isLog: event.target.checked })}
          />
          Log scale
        </label>
      </div>
      <LineChart
        data={drawn.data}
        strokes={drawn.strokes}
        isLog={isLog}
        formatX={(value) => value.toLocaleString('en')}
        formatY={(value) => metricText(measure.name, value).replace(/\.?0+ %$/, ' %')}
        sync="runs"
        label={`${measure.label} of ${runs.map((run) => run.label).join(', ')}`}
      />
    </div>
  );
}

/** Return the chosen runs with their curves as they come in; those of the one that runs are live. */
function useCompared(
  chosen: readonly string[],
  colourOf: (id: string) => string,
): readonly Compared[] {
  const { curves, cards } = useBook();
  const live = useRun((state) => (state.run && chosen.includes(state.run.id) ? state.run : null));
  useEffect(() => wantCurves(chosen), [chosen]);
  return useMemo(
    () =>
      chosen.flatMap((id) => {
        const metrics = live?.id === id ? live.metrics : curves[id]?.metrics;
        const card = cards.find((one) => one.id === id);
        if (!metrics || !card) return [];
        return [{ id, label: whenText(card.started, new Date()), colour: colourOf(id), metrics }];
      }),
    [chosen, colourOf, curves, cards, live],
  );
}
