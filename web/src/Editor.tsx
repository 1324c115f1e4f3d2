import { Suspense, useEffect, useState } from 'react';
import { showNode } from './actions/show';
import { useShortcuts } from './actions/useShortcuts';
import { Canvas } from './canvas/Canvas';
import { nodeAt } from './model/document';
import { sentence } from './model/form/words';
import { lazily } from './parts/lazily';
import './Editor.css';
import { Below } from './panels/Below';
import { Palette } from './panels/palette/Palette';
import { Guard } from './parts/Guard';
import { Splitter } from './parts/Splitter';
import { useCatalogue } from './store/catalogue';
import { useDocument } from './store/document';
import { useHabits } from './store/habits';
import { hangUp, listenAhead } from './store/line';
import { useReport } from './store/report';
import { go, useRoute } from './store/route';
import { sentenceOf } from './store/server';
import { listen } from './store/socket';
import { toast } from './store/toast';
import { type Side, useView } from './store/view';
import { TopBar } from './TopBar';

const Settings = lazily(async () => ({
  default: (await import('./panels/settings/Settings')).Settings,
}));
const readCommands = () => import('./panels/commands/Commands');
const Commands = lazily(readCommands);
const Shortcuts = lazily(() => import('./panels/commands/Shortcuts'));

const SMALLEST: Record<Side, number> = { palette: 180, settings: 260, results: 120 };

/** One workflow: its canvas, with the panels around it. */
export function Editor({ path }: { path: string }) {
  const open = useDocument((state) => state.open);
  const close = useDocument((state) => state.close);
  const { commands, shortcuts } = useView((view) => view.dialogs);
  useShortcuts();
  const isRead = useDocument((state) => state.document !== null);
  const isKnown = useCatalogue((state) => state.catalogue !== null);
  const isReported = useReport((state) => state.report !== null);
  const node = useRoute((state) => state.node);
  const narrow = useView((view) => view.narrow);

  useEffect(() => {
    let stop = () => {};
    let gone = false;
    listenAhead(path);
    open(path)
      .then(() => {
        if (!gone) stop = listen(path);
      })
      .catch((error: unknown) => {
        if (gone) return;
        toast(sentence(sentenceOf(error)), 'error');
        go(null);
      });
    return () => {
      gone = true;
      stop();
      hangUp(path);
      close();
    };
  }, [path, open, close]);

  // what nobody waits for yet would hold up what is waited for
  useEffect(() => {
    if (!isReported) return;
    void useHabits.getState().load(path);
    // who types at once after Ctrl+K finds the field already there
    readCommands().catch(() => undefined);
  }, [isReported, path]);

  // a link to a node shows it, also when its component has to be opened for that
  useEffect(() => {
    if (!isRead || !isKnown || !node) return;
    if (nodeAt(useDocument.getState().document, node)) showNode(node);
    else toast(`The link leads to “${node}”, which is not here any more.`, 'warning');
  }, [isRead, isKnown, node]);

  const settings = (
    <Guard name="The settings">
      <Suspense fallback={null}>
        <Settings />
      </Suspense>
    </Guard>
  );
  return (
    <div className="fe-editor">
      <TopBar />
      <div className="fe-middle">
        <SidePanel side="palette">
          <Guard name="The palette">
            <Palette />
          </Guard>
        </SidePanel>
        <div className="fe-centre">
          <main className="fe-stage" aria-label="Canvas">
            <Guard name="The canvas">{isRead && isKnown && <Canvas />}</Guard>
          </main>
          <BottomPanel settings={narrow && settings} />
        </div>
        {!narrow && <SidePanel side="settings">{settings}</SidePanel>}
      </div>
      <Guard name="The list of commands">
        <Suspense fallback={null}>
          {commands && <Commands />}
          {shortcuts && <Shortcuts />}
        </Suspense>
      </Guard>
    </div>
  );
}

function SidePanel({
  side,
  children,
}: {
  side: 'palette' | 'settings';
  children: React.ReactNode;
}) {
  const size = useView((state) => state.sizes[side]);
  const collapsed = useView((state) => state.collapsed[side]);
  const { setSize, setCollapsed } = useView.getState();
  // the palette folds to a column of icons, which it draws itself
  if (collapsed && side === 'settings') return null;
  const panel = (
    <div className={`fe-side fe-side-${side}`} style={{ width: collapsed ? 44 : size }}>
      {children}
    </div>
  );
  const line = (
    <Splitter
      label={`Width of the ${side} panel`}
      grows={side === 'palette' ? 'right' : 'left'}
      size={size}
      smallest={SMALLEST[side]}
      largest={Math.round(window.innerWidth * 0.45)}
      onSize={(value) => setSize(side, value)}
      onCollapse={() => setCollapsed(side, !collapsed)}
    />
  );
  return side === 'palette' ? (
    <>
      {panel}
      {line}
    </>
  ) : (
    <>
      {line}
      {panel}
    </>
  );
}

function BottomPanel({ settings }: { settings: React.ReactNode }) {
  const size = useView((state) => state.sizes.results);
  const collapsed = useView((state) => state.collapsed.results);
  const { setSize, setCollapsed } = useView.getState();
  const [largest] = useState(() => window.innerHeight - 220);
  if (collapsed) return null;
  return (
    <>
      <Splitter
        label="Height of the results panel"
        grows="up"
        size={size}
        smallest={SMALLEST.results}
        largest={largest}
        onSize={(value) => setSize('results', value)}
        onCollapse={() => setCollapsed('results', true)}
      />
      <div className="fe-bottom" style={{ height: Math.min(size, largest) }}>
        <Guard name="The results">
          <Below settings={settings} />
        </Guard>
      </div>
    </>
  );
}
