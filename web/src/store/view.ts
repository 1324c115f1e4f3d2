/** What is looked at: selection, open component, theme, panels. Panels are remembered. */

import { create } from 'zustand';
import { keepView, keptView, type Side, showTheme, startTheme, type Theme } from './kept';

export type { Side, Theme } from './kept';

export interface QuickAddRequest {
  /** Where the node goes, on the canvas. */
  at: [number, number];
  /** Where the list opens, on the screen. */
  screen: [number, number];
  /** The port a wire was pulled from. */
  from?: { path: string; port: string; direction: 'in' | 'out' };
}

export type Below = 'settings' | 'results' | 'runs';

export interface Dialogs {
  commands: boolean;
  shortcuts: boolean;
  quickAdd: QuickAddRequest | null;
}

interface View {
  /** Paths of the selected nodes. */
  selection: string[];
  /** Keys of the selected connections, as `keyOf` says. */
  wires: string[];
  /** Ids of selected annotations. */
  notes: string[];
  /** Path of the open component, '' for the workflow itself. */
  component: string;
  theme: Theme;
  sizes: Record<Side, number>;
  collapsed: Record<Side, boolean>;
  /** Whether the overview may be shown. */
  minimap: boolean;
  /** What the panel below shows: results of the selection, earlier runs, settings where it is narrow. */
  below: Below;
  /** Whether the window is so narrow that the settings stand in the panel below. */
  narrow: boolean;
  resultTab: string | null;
  dialogs: Dialogs;
  /** The node or note whose comment, name or text is being written, and which of them. */
  editing: { path: string; what: 'comment' | 'name' | 'note' } | null;
  select(selection: string[], wires?: string[], notes?: string[]): void;
  openComponent(component: string): void;
  setTheme(theme: Theme): void;
  setSize(side: Side, size: number): void;
  setCollapsed(side: Side, collapsed: boolean): void;
  setMinimap(minimap: boolean): void;
  setBelow(below: Below): void;
  showBelow(below: Below): void;
  setResultTab(tab: string | null): void;
  setDialogs(dialogs: Partial<Dialogs>): void;
  setEditing(editing: View['editing']): void;
}

/**
 * In a window narrower than this the palette is folded and the settings stand in the panel below,
 * so that there is room for the canvas, and nothing moves away under the pointer when it selects.
 */
const NARROW = window.matchMedia('(width < 920px)');

/** Whether the palette is folded where there is room for it. */
let isFolded = false;

function keep(state: View): void {
  const { theme, sizes, minimap } = state;
  const collapsed = NARROW.matches ? { ...state.collapsed, palette: isFolded } : state.collapsed;
  keepView({ theme, sizes, collapsed, minimap });
}

const start = keptView();

export const useView = create<View>((set) => ({
  selection: [],
  wires: [],
  notes: [],
  component: '',
  theme: startTheme(),
  sizes: { palette: 240, settings: 320, results: 320, ...start.sizes },
  collapsed: { palette: false, settings: false, results: false, ...start.collapsed },
  minimap: start.minimap ?? true,
  below: NARROW.matches ? 'settings' : 'results',
  narrow: NARROW.matches,
  resultTab: null,
  dialogs: { commands: false, shortcuts: false, quickAdd: null },
  editing: null,
  select: (selection, wires = [], notes = []) => set({ selection, wires, notes }),
  openComponent: (component) =>
    set({ component, selection: [], wires: [], notes: [], editing: null }),
  setTheme: (theme) => set({ theme }),
  setSize: (side, size) => set((state) => ({ sizes: { ...state.sizes, [side]: size } })),
  setCollapsed: (side, collapsed) =>
    set((state) => ({ collapsed: { ...state.collapsed, [side]: collapsed } })),
  setMinimap: (minimap) => set({ minimap }),
  setBelow: (below) => set({ below }),
  showBelow: (below) =>
    set((state) => ({ below, collapsed: { ...state.collapsed, results: false } })),
  setResultTab: (resultTab) => set({ resultTab }),
  setDialogs: (dialogs) => set((state) => ({ dialogs: { ...state.dialogs, ...dialogs } })),
  setEditing: (editing) => set({ editing }),
}));

showTheme(useView.getState().theme);
useView.subscribe((state, before) => {
  if (state.theme !== before.theme) showTheme(state.theme);
  if (
    state.theme !== before.theme ||
    state.sizes !== before.sizes ||
    state.collapsed !== before.collapsed ||
    state.minimap !== before.minimap
  )
    keep(state);
});

function fold(): void {
  const { collapsed, setCollapsed, below } = useView.getState();
  const narrow = NARROW.matches;
  if (narrow) isFolded = collapsed.palette;
  setCollapsed('palette', narrow || isFolded);
  const wide = below === 'settings' ? 'results' : below;
  useView.setState({ narrow, below: narrow ? 'settings' : wide });
}

if (NARROW.matches) fold();
NARROW.addEventListener('change', fold);

/** Return whether the settings are seen, wherever they stand. */
export const areSettingsShown = ({ narrow, below, collapsed }: View): boolean =>
  narrow ? below === 'settings' && !collapsed.results : !collapsed.settings;

/** Show the settings, or put them away. */
export function showSettings(shown: boolean): void {
  const { narrow, setCollapsed, showBelow } = useView.getState();
  if (!narrow) setCollapsed('settings', !shown);
  else if (shown) showBelow('settings');
  else setCollapsed('results', true);
}

/** The one selected node, if it is one. */
export const useSelectedNode = (): string | undefined =>
  useView((state) => (state.selection.length === 1 ? state.selection[0] : undefined));
