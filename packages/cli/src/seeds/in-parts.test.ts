import { describe, expect, it } from 'vitest';
import { inParts } from './in-parts.js';

describe('seeds in parts', () => {
  it('are all there, in their order, in parts that a request can carry', () => {
    const seeds = Array.from({ length: 60_000 }, (_, at) => `https://example.org/seite-ü-${at}`);
    const parts = [...inParts(seeds)];
    expect(parts.flat()).toEqual(seeds);
    expect(parts).toHaveLength(3);
    for (const part of parts) {
      expect(Buffer.byteLength(JSON.stringify({ seeds: part }))).toBeLessThan(1_048_576);
    }
  });

  it('are never more than a request may have', () => {
    const parts = [...inParts(Array<string>(150_000).fill('x'))];
    expect(parts.map((part) => part.length)).toEqual([100_000, 50_000]);
  });

  it('go alone where one is too long by itself', () => {
    expect([...inParts(['a', 'b'.repeat(20), 'c'], 10)]).toEqual([['a'], ['b'.repeat(20)], ['c']]);
    expect([...inParts([])]).toEqual([]);
  });
});
