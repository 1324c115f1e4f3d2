import { useMemo, useState } from 'react';
import { LineChart } from '../../../charts/LineChart';
import { colours, faded, variable } from '../../../charts/palette';
import { useView } from '../../../store/view';
import { chartData, type Entry } from './chart_data';
import { axisTexts, type Group, type Metrics, metricLabel, metricText } from './curves';
import { useOptions } from './options';

interface Props {
  group: Group;
  earlier: readonly Metrics[];
  stepsPerEpoch: number | null;
  sync: string;
}

/** One chart of a training: a metric, its validation, and the same of earlier runs. */
export function MetricChart({ group, earlier, stepsPerEpoch, sync }: Props) {
  const { smoothing, isLog, axis } = useOptions();
  const theme = useView((state) => state.theme);
  const [cursor, setCursor] = useState<number | null>(null);
  const byEpoch = axis === 'epoch' && stepsPerEpoch !== null;
  const chart = useMemo(() => {
    const pale = faded(variable('--fe-text-faint'), 0.45);
    const stepsPerUnit = byEpoch ? stepsPerEpoch : 1;
    return chartData(group, earlier, {
      smoothing,
      isLog,
      stepsPerUnit,
      colours: colours(theme),
      pale,
    });
  }, [group, earlier, smoothing, isLog, byEpoch, stepsPerEpoch, theme]);
  const name = group.lines[0].name;
  // Else the line above all charts says which is which.
  const isNamed = group.lines.some((line) => line.name !== name);
  const { formatX, formatY } = axisTexts(name, byEpoch);
  const values = chart.legend.map((entry) => metricText(entry.name, at(chart.data, entry, cursor)));
  const words = chart.legend.map((entry, place) => `${entry.label} ${values[place]}`).join(', ');
  return (
    <figure className="fe-curve">
      <figcaption data-named={isNamed}>
        <strong>{metricLabel(group.name)}</strong>
        {chart.legend.map((entry, place) => (
          <span key={entry.label} className="fe-curve-entry" title={entry.label}>
            <i
              className={entry.isValidation ? 'fe-curve-dot' : 'fe-curve-dash'}
              style={{ background: entry.colour }}
            />
            {isNamed && `${entry.label} `}
            <b>{values[place]}</b>
          </span>
        ))}
      </figcaption>
      <LineChart
        data={chart.data}
        strokes={chart.strokes}
        isLog={isLog}
        isWhole={byEpoch}
        formatX={formatX}
        formatY={formatY}
        sync={sync}
        onCursor={setCursor}
        label={`${metricLabel(group.name)}: ${words}`}
      />
    </figure>
  );
}

/** Return a curve's value under the cursor, or the latest before it. */
function at(
  data: readonly (readonly (number | null)[])[],
  entry: Entry,
  cursor: number | null,
): number | undefined {
  const values = data[entry.curve] ?? [];
  for (let place = cursor ?? values.length - 1; place >= 0; place--) {
    const value = values[place];
    if (value !== null && value !== undefined) return value;
  }
  return undefined;
}
