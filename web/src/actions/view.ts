/** What is seen: zoom, panels, theme, lists of commands. */

import { focusCanvas } from '../canvas/focus';
import { flowNow, motion, show } from '../canvas/instance';
import { hashOf } from '../model/address';
import { nameOf } from '../model/document';
import { useDocument } from '../store/document';
import { go } from '../store/route';
import { sceneNow } from '../store/scene';
import { toast } from '../store/toast';
import { areSettingsShown, type Side, showSettings, useView } from '../store/view';
import { type Action, always } from './action';

const panel = (side: Side, label: string, keys: string[], icon: Action['icon']): Action => ({
  id: `view.${side}`,
  label,
  icon,
  keys,
  group: 'View',
  enabled: always,
  checked: () => !useView.getState().collapsed[side],
  perform: () => {
    const { collapsed, setCollapsed } = useView.getState();
    setCollapsed(side, !collapsed[side]);
  },
});

function copyLink(): void {
  const { path } = useDocument.getState();
  const [node] = useView.getState().selection;
  const link = new URL(hashOf(path, node), document.baseURI).href;
  navigator.clipboard
    .writeText(link)
    .then(() => toast('The link is in the clipboard.', 'success'))
    .catch(() => toast(link, 'info'));
}

export const VIEW_ACTIONS: Action[] = [
  {
    id: 'view.commands',
    label: 'Search commands and nodes',
    icon: 'search',
    keys: ['Ctrl+K', 'Ctrl+Shift+P'],
    group: 'View',
    enabled: always,
    perform: () => useView.getState().setDialogs({ commands: true }),
  },
  {
    id: 'view.select_all',
    label: 'Select all',
    keys: ['Ctrl+A'],
    group: 'Edit',
    enabled: () => sceneNow().places.size > 0,
    perform: () => {
      const { component, body } = sceneNow();
      const prefix = component ? `${component}/` : '';
      useView.getState().select(
        Object.keys(body.nodes ?? {}).map((name) => prefix + name),
        [],
        (body.annotations ?? []).map(({ id }) => id),
      );
    },
  },
  {
    id: 'view.deselect',
    label: 'Select nothing',
    keys: ['Escape', 'Ctrl+Shift+A'],
    group: 'Edit',
    enabled: () => {
      const { selection, wires, notes } = useView.getState();
      return selection.length + wires.length + notes.length > 0;
    },
    perform: () => {
      useView.getState().select([]);
      focusCanvas();
    },
  },
  {
    id: 'view.zoom_in',
    label: 'Zoom in',
    icon: 'zoomIn',
    keys: ['Ctrl++', 'Ctrl+=', '+'],
    group: 'Canvas',
    enabled: always,
    perform: () => void flowNow()?.zoomIn({ duration: motion() }),
  },
  {
    id: 'view.zoom_out',
    label: 'Zoom out',
    icon: 'zoomOut',
    keys: ['Ctrl+-', '-'],
    group: 'Canvas',
    enabled: always,
    perform: () => void flowNow()?.zoomOut({ duration: motion() }),
  },
  {
    id: 'view.whole',
    label: 'Zoom to 100 %',
    keys: ['Ctrl+0', 'Shift+0'],
    group: 'Canvas',
    enabled: always,
    perform: () => void flowNow()?.zoomTo(1, { duration: motion() }),
  },
  {
    id: 'view.fit',
    label: 'Show all',
    icon: 'fit',
    keys: ['Ctrl+2', 'Shift+2'],
    group: 'Canvas',
    enabled: always,
    perform: () => show(),
  },
  {
    id: 'view.fit_selection',
    label: 'Show the selection',
    icon: 'eye',
    keys: ['Ctrl+1', 'Shift+1'],
    group: 'Canvas',
    enabled: () => useView.getState().selection.length > 0,
    perform: () => show(useView.getState().selection.map((path) => ({ id: nameOf(path) }))),
  },
  {
    id: 'view.minimap',
    label: 'Overview in the corner',
    icon: 'map',
    keys: ['Alt+O'],
    group: 'Canvas',
    enabled: always,
    checked: () => useView.getState().minimap,
    perform: () => {
      const { minimap, setMinimap } = useView.getState();
      setMinimap(!minimap);
    },
  },
  {
    id: 'view.link',
    label: 'Copy a link to this',
    icon: 'link',
    group: 'View',
    enabled: () => useDocument.getState().path !== null,
    perform: copyLink,
  },
  panel('palette', 'Show the palette', ['Alt+1'], 'panelLeft'),
  panel('results', 'Show the panel below', ['Alt+2'], 'panelBottom'),
  {
    ...panel('settings', 'Show the settings', ['Alt+3'], 'panelRight'),
    checked: () => areSettingsShown(useView.getState()),
    perform: () => showSettings(!areSettingsShown(useView.getState())),
  },
  {
    id: 'view.runs',
    label: 'Show earlier runs',
    icon: 'history',
    keys: ['Alt+4'],
    group: 'View',
    enabled: always,
    perform: () => {
      useView.getState().showBelow('runs');
    },
  },
  {
    id: 'view.theme',
    label: 'Dark theme',
    icon: 'dark',
    keys: ['Alt+T'],
    group: 'View',
    enabled: always,
    checked: () => useView.getState().theme === 'dark',
    perform: () => {
      const { theme, setTheme } = useView.getState();
      setTheme(theme === 'dark' ? 'light' : 'dark');
    },
  },
  {
    id: 'view.start',
    label: 'All workflows',
    icon: 'home',
    group: 'View',
    enabled: always,
    perform: () => go(null),
  },
  {
    id: 'help.shortcuts',
    label: 'Keyboard shortcuts',
    icon: 'keyboard',
    keys: ['?', 'Ctrl+/'],
    group: 'Help',
    enabled: always,
    perform: () => useView.getState().setDialogs({ shortcuts: true }),
  },
];
