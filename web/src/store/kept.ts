/** What of the view a browser remembers; without React, as the first script shows the theme. */

export type Theme = 'light' | 'dark';
export type Side = 'palette' | 'settings' | 'results';

export interface Kept {
  theme?: Theme;
  sizes?: Partial<Record<Side, number>>;
  collapsed?: Partial<Record<Side, boolean>>;
  minimap?: boolean;
}

const KEY = 'flowengine.view';

export function keptView(): Kept {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}') as Kept;
  } catch {
    return {};
  }
}

export function keepView(view: Kept): void {
  try {
    localStorage.setItem(KEY, JSON.stringify(view));
  } catch {
    // private windows may forbid it; then nothing is remembered
  }
}

/** The theme that was chosen, else the system's. */
export function startTheme(): Theme {
  const isDark = window.matchMedia('(prefers-color-scheme: dark)').matches;
  return keptView().theme ?? (isDark ? 'dark' : 'light');
}

export function showTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme;
}
