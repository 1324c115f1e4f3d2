import { useEffect, useMemo } from 'react';
import type { RunCard } from '../../../model/wire';
import { saveText } from '../../../parts/saving';
import { useNodeRun, useRun } from '../../../store/run';
import { fetchRun, useBook, wantCurves } from '../../runs/book';
import { pictureItems } from '../DownloadMenu';
import { useAsked } from '../useAsked';
import { Controls } from './Controls';
import { distinct, groups, type Metrics, rememberedSteps } from './curves';
import { curvesCsv } from './curves_csv';
import { MetricChart } from './MetricChart';
import { Numbers } from './Numbers';
import { useOptions } from './options';
import { Pictures } from './Pictures';
import { learningPicture } from './saving';
import './learning.css';

/** Earlier runs that are drawn behind the curves. */
const BEHIND = 5;
const NONE: Metrics[] = [];

/** The curves of a training while it runs and afterwards, those of earlier runs behind. */
export default function Learning({ path }: { path: string }) {
  const live = useRun((state) => (state.run?.metrics[path] ? state.run : null));
  const cards = useBook((state) => state.cards);
  const runs = useMemo(() => learnedIn(cards, path), [cards, path]);
  const shownId = live?.id ?? runs[0] ?? '';
  const before = useAsked(live ? '' : shownId, async (signal) =>
    live || !shownId ? null : fetchRun(shownId, signal),
  );
  const shown = live ?? before.answer;
  const node = useNodeRun(path);
  const metrics = shown?.metrics[path];
  const others = runs.filter((id) => id !== shownId);
  const earlier = useEarlier(path, others);
  const charts = useMemo(() => groups(metrics ?? {}), [metrics]);
  if (!shown || !metrics) {
    return <p className="fe-results-hint">{before.fault || 'Looking for its curves …'}</p>;
  }
  const progress = live ? node : shown.nodes[path];
  const steps = rememberedSteps(`${shown.id} ${path}`, metrics, progress ?? null);
  const stem = `${path.replaceAll('/', '_')}_learning`;
  const preview = shown.previews[path];
  return (
    <div className="fe-value">
      <Controls
        hasEpochs={steps !== null}
        earlier={others.length}
        saving={[
          {
            id: 'csv',
            label: 'CSV',
            perform: () => saveText(curvesCsv(metrics, steps), 'text/csv', `${stem}.csv`),
          },
          ...pictureItems(() => learningPicture(charts, earlier, steps), stem),
        ]}
        isValidated={charts.some((chart) => chart.lines.some((line) => line.isValidation))}
      />
      <div className="fe-learning">
        <div className="fe-curves">
          {charts.map((group) => (
            <MetricChart
              key={group.name}
              group={group}
              earlier={earlier}
              stepsPerEpoch={steps}
              sync={`learning ${path}`}
            />
          ))}
        </div>
        {preview && <Pictures key={shown.id} run={shown.id} path={path} latest={preview} />}
        <Numbers path={path} node={progress} metrics={metrics} stepsPerEpoch={steps} />
      </div>
    </div>
  );
}

/** Return the runs in which a node learned, the latest first; others show what those kept. */
function learnedIn(cards: readonly RunCard[], path: string): string[] {
  const runs = cards.map((card) => card.learned[path]);
  return [...new Set(runs.filter((run) => run !== undefined))];
}

/** Return the curves of earlier runs as they come in. */
function useEarlier(path: string, ids: readonly string[]): readonly Metrics[] {
  const isShown = useOptions((state) => state.earlier);
  const known = useBook((state) => state.curves);
  const wanted = isShown ? ids.slice(0, BEHIND).join(' ') : '';
  useEffect(() => wantCurves(wanted ? wanted.split(' ') : []), [wanted]);
  return useMemo(() => {
    if (!wanted) return NONE;
    const found = wanted.split(' ').map((id): Metrics | undefined => known[id]?.metrics[path]);
    return distinct(found.filter((metrics) => metrics !== undefined));
  }, [wanted, known, path]);
}
