import { describe, expect, it } from 'vitest';
import type { ColumnStatistics } from '../../../model/wire';
import { missingText, StatisticsCache } from './statistics';

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

function statistics(name: string): ColumnStatistics {
  const none = { distinct: null, minimum: null, maximum: null, mean: null, deviation: null };
  return { name, missing: 0, bins: [], ...none };
}

describe('StatisticsCache', () => {
  it('asks for each column once', async () => {
    const asked: string[] = [];
    const cache = new StatisticsCache((column) => {
      asked.push(column);
      return Promise.resolve(statistics(column));
    });
    cache.want(['a', 'b', 'c']);
    cache.want(['b', 'c', 'd']);
    await settled();
    expect([...asked].sort()).toEqual(['a', 'b', 'c', 'd']);
    expect(cache.of('d')?.name).toBe('d');
  });

  it('goes on when a column has no statistics', async () => {
    const cache = new StatisticsCache((column) =>
      column === 'a' ? Promise.reject(new Error('no')) : Promise.resolve(statistics(column)),
    );
    cache.want(['a', 'b', 'c', 'd']);
    await settled();
    expect(cache.of('a')).toBeUndefined();
    expect(cache.of('d')?.name).toBe('d');
  });
});

it('missingText never rounds to none or all', () => {
  expect(missingText(0, 100)).toBe('');
  expect(missingText(1, 1000)).toBe('< 1 % missing');
  expect(missingText(25, 100)).toBe('25 % missing');
  expect(missingText(999, 1000)).toBe('> 99 % missing');
  expect(missingText(1000, 1000)).toBe('100 % missing');
});
