import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { Action } from './action';

let actions: readonly Action[];
let keyOf: (event: KeyboardEvent) => string;

// a page with nothing on it: actions are only looked at
beforeAll(async () => {
  vi.stubGlobal('navigator', { platform: 'Linux' });
  vi.stubGlobal('window', {
    matchMedia: () => ({ matches: false, addEventListener: () => {} }),
    addEventListener: () => {},
    location: { hash: '' },
  });
  vi.stubGlobal('document', { documentElement: { dataset: {} } });
  actions = (await import('./index')).ACTIONS;
  keyOf = (await import('./keys')).keyOf;
});

/** The event of keys that are pressed on a keyboard. */
function pressed(keys: string): KeyboardEvent {
  const parts = keys.split(/\+(?=.)/);
  const name = parts.at(-1) ?? '';
  const isSign = /^[?+]$/.test(name);
  return {
    key: name === 'Space' ? ' ' : /^[A-Z]$/.test(name) ? name.toLowerCase() : name,
    code: /^\d$/.test(name) ? `Digit${name}` : '',
    ctrlKey: parts.includes('Ctrl'),
    altKey: parts.includes('Alt'),
    shiftKey: parts.includes('Shift') || isSign,
    metaKey: false,
  } as KeyboardEvent;
}

describe('the keys of commands', () => {
  it('are those that a keyboard sends', () => {
    const wrong = actions
      .flatMap(({ keys }) => keys ?? [])
      .filter((keys) => keyOf(pressed(keys)) !== keys);
    expect(wrong).toEqual([]);
  });

  it('belong to one command each', () => {
    const all = actions.flatMap(({ keys }) => keys ?? []);
    expect(all.filter((keys, index) => all.indexOf(keys) !== index)).toEqual([]);
  });

  it('are of commands with a name of their own', () => {
    const ids = actions.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    const labels = actions.map(({ label }) => label);
    expect(labels.filter((label, index) => labels.indexOf(label) !== index)).toEqual([]);
  });

  it('with ⌥ on a Mac are the letters on the keys', async () => {
    vi.resetModules();
    vi.stubGlobal('navigator', { platform: 'MacIntel' });
    const mac = await import('./keys');
    const event = { ...pressed('Alt+T'), key: '†', code: 'KeyT' } as KeyboardEvent;
    expect(mac.keyOf(event)).toBe('Alt+T');
  });
});
