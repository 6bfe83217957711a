import { describe, expect, it } from 'vitest';
import { type ListPage, walkList } from './list-walker.js';

/** A list of numbers as the API pages it; notes what was asked for. */
function listOf(length: number) {
  const asked: number[] = [];
  const readPage = async ({ cursor, limit }: { cursor: string | undefined; limit: number }) => {
    asked.push(limit);
    const from = cursor === undefined ? 0 : Number(cursor);
    const to = Math.min(length, from + limit);
    const items = Array.from({ length: to - from }, (_, index) => from + index);
    return { items, nextCursor: to === length ? null : String(to) } satisfies ListPage<number>;
  };
  return { asked, readPage };
}

describe('walkList', () => {
  it('reads as many pages as the limit needs and says where to go on', async () => {
    const { asked, readPage } = listOf(5_000);
    const { items, nextCursor } = await walkList({ limit: 2_500 }, readPage);
    expect(items).toEqual(Array.from({ length: 2_500 }, (_, index) => index));
    expect(nextCursor).toBe('2500');
    expect(asked).toEqual([1_000, 1_000, 500]);
  });

  it('reads all without a limit, from a cursor on', async () => {
    const { readPage } = listOf(3_001);
    const { items, nextCursor } = await walkList({ limit: null, cursor: '1000' }, readPage);
    expect([items.length, items[0], items.at(-1), nextCursor]).toEqual([2_001, 1_000, 3_000, null]);
  });

  it('goes on after a page without an item that has a cursor', async () => {
    const pages: Record<string, ListPage<number>> = {
      start: { items: [], nextCursor: 'a' },
      a: { items: [7], nextCursor: 'b' },
      b: { items: [], nextCursor: null },
    };
    const readPage = async ({ cursor = 'start' }: { cursor: string | undefined }) =>
      pages[cursor] ?? { items: [], nextCursor: null };
    expect(await walkList({ limit: 10 }, readPage)).toEqual({ items: [7], nextCursor: null });
    expect(await walkList({ limit: 1 }, readPage)).toEqual({ items: [7], nextCursor: 'b' });
  });

  it('ends at once on an empty list', async () => {
    const { asked, readPage } = listOf(0);
    expect(await walkList({ limit: 10 }, readPage)).toEqual({ items: [], nextCursor: null });
    expect(asked).toEqual([10]);
  });
});
