/** A command of the editor, as toolbar, menus, command palette and keyboard read it. */

import type { IconName } from '../parts/icons';

export interface Action {
  id: string;
  label: string;
  icon?: IconName;
  /** Keys, the first of them shown: `Ctrl+Shift+Z`; Ctrl is ⌘ on a Mac. */
  keys?: readonly string[];
  /** Under which heading it is listed. */
  group: 'Run' | 'Edit' | 'Nodes' | 'Canvas' | 'View' | 'Help';
  enabled(): boolean;
  /** Whether it is switched on, for what can be. */
  checked?(): boolean;
  perform(): void;
}

export const always = (): boolean => true;
