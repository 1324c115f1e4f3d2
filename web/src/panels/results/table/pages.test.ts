import { describe, expect, it } from 'vitest';
import type { Rows } from '../../../model/wire';
import { PAGE, PageCache } from './pages';

function table(total: number) {
  const offsets: number[] = [];
  const fetchPage = (offset: number, limit: number): Promise<Rows> => {
    offsets.push(offset);
    const count = Math.max(0, Math.min(limit, total - offset));
    const rows = Array.from({ length: count }, (_, place) => [offset + place]);
    return Promise.resolve({ offset, total, rows, indices: rows.map((row) => row[0] as number) });
  };
  return { offsets, cache: new PageCache(fetchPage) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('PageCache', () => {
  it('fetches the pages that cover the wanted rows', async () => {
    const { cache, offsets } = table(1000);
    cache.want(190, 210);
    await settled();
    expect(offsets).toEqual([0, PAGE]);
    expect(cache.row(209)?.cells).toEqual([209]);
    expect(cache.total).toBe(1000);
  });

  it('asks for a page once', async () => {
    const { cache, offsets } = table(1000);
    cache.want(0, 20);
    cache.want(5, 25);
    await settled();
    cache.want(10, 30);
    await settled();
    expect(offsets).toEqual([0]);
  });

  it('forgets wishes that were scrolled past', async () => {
    const { cache, offsets } = table(1_000_000);
    for (let row = 0; row < 100_000; row += 10_000) cache.want(row, row + 20);
    await settled();
    expect(offsets.at(-1)).toBe(90_000);
    expect(cache.row(90_000)?.index).toBe(90_000);
  });

  it('keeps a bounded number of pages, those looked at last', async () => {
    const { cache } = table(1_000_000);
    for (let page = 0; page < 100; page++) {
      cache.want(page * PAGE, page * PAGE + 1);
      await settled();
    }
    expect(cache.row(0)).toBeUndefined();
    expect(cache.row(99 * PAGE)?.index).toBe(99 * PAGE);
  });

  it('says why a page could not be fetched, and asks again when it is looked at again', async () => {
    let works = false;
    const cache = new PageCache((offset) =>
      works
        ? Promise.resolve({ offset, total: 1, rows: [['a']], indices: [0] })
        : Promise.reject(new Error('the server is away')),
    );
    cache.want(0, 1);
    await settled();
    expect(cache.fault).toBe('the server is away');
    works = true;
    cache.want(0, 1);
    await settled();
    expect(cache.fault).toBe('');
    expect(cache.row(0)?.cells).toEqual(['a']);
  });

  it('gathers rows over the border of pages', async () => {
    const { cache } = table(500);
    const rows = await cache.range(PAGE - 2, PAGE + 3);
    expect(rows.map((row) => row.index)).toEqual([198, 199, 200, 201, 202]);
  });
});
