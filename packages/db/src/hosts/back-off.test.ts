import { describe, expect, it } from 'vitest';
import { type BackOffState, nextBackOff } from './back-off.js';

const MINUTE = 60_000;
const NEVER: BackOffState = { level: 0, leftMs: Number.NEGATIVE_INFINITY };

describe('a host that refuses', () => {
  it('is left alone for a minute, and twice as long each time, up to an hour', () => {
    const waits: number[] = [];
    let state = NEVER;
    for (let n = 0; n < 9; n += 1) {
      const { level, forMs } = nextBackOff(state, null, MINUTE);
      waits.push(forMs / MINUTE);
      state = { level, leftMs: -1_000 };
    }
    expect(waits).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  });

  it('makes one step for all refusals of one back-off, and never shortens it', () => {
    const first = nextBackOff(NEVER, null, MINUTE);
    const during = nextBackOff({ level: first.level, leftMs: 50_000 }, null, MINUTE);
    expect([first.level, during.level]).toEqual([1, 1]);
    expect(nextBackOff({ level: 3, leftMs: 200_000 }, 1_000, MINUTE)).toMatchObject({
      level: 3,
      forMs: 200_000,
    });
  });

  it('doubles for refusals in a row, and takes a step back for one with other answers in between', () => {
    const of = (level: number, isInARow: boolean) =>
      nextBackOff({ level, leftMs: -1 }, null, MINUTE, isInARow);
    expect([of(0, true), of(1, true), of(2, true)].map(({ level }) => level)).toEqual([1, 2, 3]);
    expect([of(0, false), of(1, false), of(2, false)].map(({ level }) => level)).toEqual([1, 1, 1]);
    expect(of(4, false)).toMatchObject({ level: 3, forMs: 4 * MINUTE });
    expect(nextBackOff({ level: 4, leftMs: 50_000 }, null, MINUTE, false).level).toBe(4);
  });

  it('is forgiven after thirty minutes of calm, and not before', () => {
    expect(nextBackOff({ level: 4, leftMs: -29 * MINUTE }, null, MINUTE).level).toBe(5);
    expect(nextBackOff({ level: 4, leftMs: -31 * MINUTE }, null, MINUTE)).toMatchObject({
      level: 1,
      forMs: MINUTE,
    });
  });

  it('is taken at its word twice, and left alone for longer when it refuses still', () => {
    const of = (level: number): number => nextBackOff({ level, leftMs: -1 }, 5_000, MINUTE).forMs;
    expect([of(0), of(1), of(2), of(3)]).toEqual([5_000, 5_000, MINUTE, 2 * MINUTE]);
    expect(nextBackOff({ level: 2, leftMs: -1 }, 1_000_000, MINUTE)).toMatchObject({
      forMs: 1_000_000,
      cause: 'retry_after',
    });
  });
});
