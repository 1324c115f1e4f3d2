/** A variable that was pulled to a card: which of its settings takes it is asked. */

import { create } from 'zustand';
import { nameOf, parentOf } from '../model/document';
import { addLinks } from '../model/edit_graph';
import { feedRefusal, openSettings, settingRefusal } from '../model/feeding_settings';
import type { End } from '../model/graph';
import type { SettingInfo } from '../model/wire';
import { useCatalogue } from '../store/catalogue';
import { useDocument } from '../store/document';
import { sceneNow } from '../store/scene';
import { toast } from '../store/toast';

export interface Question {
  from: End;
  node: string;
  settings: SettingInfo[];
  /** Where it is asked, on the screen. */
  at: [number, number];
}

export const useQuestion = create<{ question: Question | null }>(() => ({ question: null }));

/** Ask which setting of a node a variable goes into. */
export function askSetting(from: End, node: string, at: [number, number]): void {
  const { body } = sceneNow();
  const info = useCatalogue.getState().infos.get(body.nodes?.[node]?.type ?? '');
  const settings = openSettings(info, body, node);
  const reason =
    settingRefusal(body, from, node) ||
    (settings.length ? '' : `“${node}” has no setting that takes “${from.node}.${from.port}”.`);
  if (reason) toast(reason, 'warning');
  else useQuestion.setState({ question: { from, node, settings, at } });
}

/** A wire was dropped on a setting of the panel: it is fed, or it is said why it cannot be. */
export function dropOnSetting(from: End, path: string, setting: string): void {
  const { body, component, ports } = sceneNow();
  if (parentOf(path) !== component) return;
  const node = nameOf(path);
  const info = useCatalogue.getState().infos.get(body.nodes?.[node]?.type ?? '');
  const type = ports.get(from.node)?.outputs.find(({ id }) => id === from.port)?.type ?? '';
  const reason = feedRefusal(info, body, { from, type }, { node, setting });
  if (reason) toast(reason, 'warning');
  else feedSetting({ from, node }, setting);
}

/** Have a setting fed by an output. */
export function feedSetting(
  { from, node }: Pick<Question, 'from' | 'node'>,
  setting: string,
): void {
  const { component } = sceneNow();
  const link = { from: `${from.node}.${from.port}`, to: `${node}.${setting}` };
  useDocument
    .getState()
    .apply({ ...addLinks(component, [link]), label: `Feed ${setting} of ${node}` });
}

export const stopAsking = (): void => useQuestion.setState({ question: null });
