import { Suspense } from 'react';
import { lazily } from '../../parts/lazily';
import { useMetrics } from '../../store/run';
import { useView } from '../../store/view';
import { useBook, useFreshBook } from '../runs/book';
import { LogView } from './LogView';
import { TabList } from './TabList';
import { shownTab, type Tab, tabsOf } from './tabs';
import { type Selected, useSelected } from './useSelected';
import { ValueTab } from './ValueTab';
import './results.css';

const Learning = lazily(() => import('./learning/Learning'));
const InsideTab = lazily(() => import('./inside/InsideTab'));

/** What the selected node made: a tab for each output, its log, its learning curves. */
export function Results() {
  const selected = useSelected();
  return (
    <section className="fe-results" aria-label="Results">
      {selected ? <NodeResults selected={selected} key={selected.path} /> : <Nothing />}
    </section>
  );
}

/** Why there is nothing to see. */
function Nothing() {
  const path = useView((state) => state.selection.at(-1));
  const text = path
    ? `“${path}” cannot be read as it stands; the settings at the right say why.`
    : 'Select a node to see what it made.';
  return <p className="fe-results-hint">{text}</p>;
}

function NodeResults({ selected }: { selected: Selected }) {
  const { path } = selected;
  const isLearning = useMetrics(path) !== undefined;
  const hasLearned = useBook((state) => state.cards.some((card) => card.metrics[path]));
  useFreshBook();
  const asked = useView((state) => state.resultTab);
  const ask = useView((state) => state.setResultTab);
  const tabs = tabsOf(selected.outputs, isLearning || hasLearned);
  const tab = shownTab(tabs, asked);
  return (
    <>
      <TabList title={selected.title} tabs={tabs} shown={tab} select={(id) => ask(id)} />
      <div
        className="fe-results-body"
        role="tabpanel"
        id="fe-results-body"
        aria-label={tab?.label}
        key={tab?.id}
      >
        <Suspense fallback={null}>{tab && <TabBody tab={tab} path={path} />}</Suspense>
      </div>
    </>
  );
}

function TabBody({ tab, path }: { tab: Tab; path: string }) {
  if (tab.kind === 'port') return <ValueTab tab={tab} path={path} />;
  if (tab.kind === 'inside') return <InsideTab path={path} />;
  return tab.kind === 'learning' ? <Learning path={path} /> : <LogView path={path} />;
}
