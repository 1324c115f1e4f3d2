import { describe, expect, it } from 'vitest';
import type { WorkflowCard } from '../model/wire';
import { found, pathFor, usualFolder } from './find';
import { fitted } from './fitting';
import { notYetIn, sections } from './groups';
import { ago } from './times';

const card = (path: string, name: string, description = '') =>
  ({ path, name, description }) as WorkflowCard;

describe('the start page', () => {
  const cards = [
    card('a/mnist.json', 'MNIST digits', 'Train a network'),
    card('iris.json', 'Iris'),
  ];
  it('finds workflows by every word', () => {
    expect(found(cards, 'train digits').map(({ path }) => path)).toEqual(['a/mnist.json']);
    expect(found(cards, '')).toHaveLength(2);
  });
  it('makes a free path of a name', () => {
    expect(pathFor('My Café network!', [])).toBe('my_cafe_network.json');
    expect(pathFor('ünï 😀', [])).toBe('uni.json');
    expect(pathFor('x'.repeat(300), [])).toBe(`${'x'.repeat(80)}.json`);
    expect(pathFor('iris', ['iris.json', 'iris_2.json'])).toBe('iris_3.json');
    expect(pathFor('', [], 'flows')).toBe('flows/workflow.json');
  });
  it('puts a new workflow where most are', () =>
    expect(usualFolder(['w/a.json', 'w/b.json', 'c.json'])).toBe('w'));
  it('tells times', () => {
    expect(ago(1000, 1003)).toBe('just now');
    expect(ago(0, 7300)).toBe('2 hours ago');
    expect(ago(0, 86_400)).toBe('yesterday');
  });
  it('fits a sketch without blowing up few nodes', () => {
    const few = fitted({ nodes: [[0, 0, 'layer']], wires: [] })
      .box.split(' ')
      .map(Number);
    expect(few[2]).toBeGreaterThan(176 * 3);
    expect(fitted({ nodes: [], wires: [] }).box).not.toContain('NaN');
  });
});

describe('its sections', () => {
  const sample = (path: string) => ({ ...card(path, path), is_sample: true });
  it('keep one’s own apart from the lecture’s, which are told by folder', () => {
    const parts = sections(
      [card('mine.json', 'Mine')],
      [sample('sample:mnist.json'), sample('sample:networks/vgg16.json')],
    );
    expect(parts.map(({ title, cards }) => [title, cards.length])).toEqual([
      ['Workflows', 1],
      ['From the lecture', 1],
      ['Networks', 1],
    ]);
  });
  it('keep folders apart among one’s own, too', () =>
    expect(
      sections([card('a.json', 'A'), card('nets/b.json', 'B'), card('c.json', 'C')], []).map(
        ({ title, cards }) => [title, cards.length],
      ),
    ).toEqual([
      ['Workflows', 2],
      ['Nets', 1],
    ]));
  it('do not show a sample that the workspace has a copy of', () => {
    const workspace = {
      name: '',
      version: '',
      workflows: [card('flows/iris.json', 'Iris'), card('mnist.json', 'My own')],
      samples: [card('sample:iris.json', 'Iris'), card('sample:mnist.json', 'MNIST digits')],
    };
    expect(notYetIn(workspace).map(({ path }) => path)).toEqual(['sample:mnist.json']);
    expect(notYetIn(null)).toEqual([]);
  });
  it('are left out when they are empty', () => expect(sections([], [])).toEqual([]));
});
