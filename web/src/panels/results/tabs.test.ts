import { describe, expect, it } from 'vitest';
import type { PortInfo } from '../../model/wire';
import { type Output, shownTab, sizeText, tabsOf } from './tabs';

function output(id: string, type: string): Output {
  const port: PortInfo = { id, type, optional: false, many: false, help: '' };
  return { port, node: 'a', source: id };
}

describe('tabsOf', () => {
  it('shows charts before tables, and the log last', () => {
    const tabs = tabsOf([output('values', 'table'), output('chart', 'chart')], false);
    expect(tabs.map((tab) => tab.label)).toEqual(['Chart', 'Values', 'Log']);
  });

  it('shows the curves of a learner first', () => {
    const tabs = tabsOf([output('network', 'network')], true);
    expect(tabs.map((tab) => tab.id)).toEqual(['learning', 'port:network', 'inside', 'log']);
  });

  it('looks inside networks only', () => {
    expect(tabsOf([output('out', 'table')], false).map((tab) => tab.id)).toEqual([
      'port:out',
      'log',
    ]);
  });

  it('names ports in words', () => {
    expect(tabsOf([output('confusion_matrix', 'table')], false)[0]?.label).toBe('Confusion matrix');
  });
});

describe('shownTab', () => {
  const tabs = tabsOf([output('a', 'table'), output('b', 'table')], false);

  it('is the one asked for', () => {
    expect(shownTab(tabs, 'port:b')?.id).toBe('port:b');
  });

  it('is the first where the node has no such tab', () => {
    expect(shownTab(tabs, 'learning')?.id).toBe('port:a');
  });
});

it('sizeText says what the two numbers of a table count', () => {
  const report = { columns: null, shapes: null, parameters: null, flops: null, kept: true };
  expect(sizeText({ ...report, type: 'table', text: '60,000 × 1' })).toBe('60,000 rows, 1 column');
  expect(sizeText({ ...report, type: 'network', text: '26×26×32' })).toBe('26×26×32');
});
