import { describe, expect, it } from 'vitest';
import { setTimeLimit } from './edit_nodes';
import { setSettings } from './edit_settings';
import { renameVariable, setVariable } from './edit_workflow';
import { workflow } from './testing';

describe('settings', () => {
  it('go back to their default when they are undefined', () => {
    const after = setSettings('dense', { units: undefined }).apply(workflow());
    expect(after.nodes?.dense).toEqual({ type: 'layer.dense' });
  });
});

describe('the time limit of a node', () => {
  it('is set beside its settings, and leaves no trace when it is taken away', () => {
    const limited = setTimeLimit('dense', 30).apply(workflow());
    expect(limited.nodes?.dense).toMatchObject({ type: 'layer.dense', timeout: 30 });
    expect(setTimeLimit('dense', undefined).apply(limited)).toEqual(workflow());
  });

  it('keeps what was typed wrongly', () => {
    expect(setTimeLimit('dense', 'soon').apply(workflow()).nodes?.dense?.timeout).toBe('soon');
  });
});

describe('variables', () => {
  it('are renamed where settings name them', () => {
    const document = setSettings('dense', { units: { $variable: 'n' } }).apply(
      setVariable('n', 3).apply(workflow()),
    );
    const after = renameVariable('n', 'units').apply(document);
    expect(after.variables).toEqual({ units: 3 });
    expect(after.nodes?.dense?.settings).toEqual({ units: { $variable: 'units' } });
  });

  it('must have a name that settings can name', () => {
    expect(() => setVariable('my variable', 1).apply(workflow())).toThrow('cannot name a variable');
  });

  it('leave no trace when the last one is deleted', () => {
    const document = setVariable('n', 3).apply(workflow());
    expect(setVariable('n', undefined).apply(document)).toEqual(workflow());
  });
});
