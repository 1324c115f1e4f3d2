/** Curves to take away as the picture that is seen. */

import { type CurveChart, curvesPicture } from '../../../charts/curves_picture';
import { colours, faded, variable } from '../../../charts/palette';
import type { Picture } from '../../../parts/saving';
import { useView } from '../../../store/view';
import { chartData } from './chart_data';
import { axisTexts, type Group, type Metrics, metricLabel, metricText } from './curves';
import { useOptions } from './options';

/** How curves are drawn now: by the controls above them, in the colours of the theme. */
export function lookNow(stepsPerEpoch: number | null) {
  const { smoothing, isLog, axis } = useOptions.getState();
  const byEpoch = axis === 'epoch' && stepsPerEpoch !== null;
  return {
    smoothing,
    isLog,
    byEpoch,
    stepsPerUnit: byEpoch ? stepsPerEpoch : 1,
    colours: colours(useView.getState().theme),
    pale: faded(variable('--fe-text-faint'), 0.45),
  };
}

/** Return all charts of a training as one picture, as they are seen. */
export function learningPicture(
  charts: readonly Group[],
  earlier: readonly Metrics[],
  stepsPerEpoch: number | null,
): Picture {
  const look = lookNow(stepsPerEpoch);
  const drawn = charts.map((group): CurveChart => {
    const { data, strokes, legend } = chartData(group, earlier, look);
    return {
      title: metricLabel(group.name),
      data,
      strokes,
      legend: legend.map(({ label, name, colour, curve }) => ({
        label,
        colour,
        value: metricText(name, data[curve]?.findLast((value) => value !== null) ?? undefined),
      })),
      isLog: look.isLog,
      ...axisTexts(group.lines[0]?.name ?? group.name, look.byEpoch),
    };
  });
  return curvesPicture(drawn, {
    background: variable('--fe-surface'),
    text: variable('--fe-text'),
    soft: variable('--fe-text-soft'),
    line: variable('--fe-line'),
  });
}
