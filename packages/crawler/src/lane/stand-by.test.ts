import { describe, expect, it } from 'vitest';
import { Bell } from './bell.js';
import { standBy } from './stand-by.js';

/** How often a lane that stands by has looked when it begins; `idle` is what each look finds, the last one for ever. */
async function looksUntilItBegins(
  idle: readonly (number | null)[],
  { most = idle.length + 3, ahead = 1 } = {},
): Promise<number> {
  const bell = new Bell();
  bell.ring();
  let looks = 0;
  await standBy({
    effects: { standby: async () => ({ forMs: looks < most ? 60_000 : 0, ahead }) },
    bell,
    look: async () => {
      looks += 1;
      bell.ring();
      return {};
    },
    idleCores: () => idle[Math.min(looks, idle.length) - 1] ?? null,
  });
  return looks;
}

describe('a lane that stands by', () => {
  it('begins when a core has been idle at two looks in a row', async () => {
    expect(await looksUntilItBegins([0.2, 0.9, 1.1])).toBe(3);
    expect(await looksUntilItBegins([1, 0.3, 1, 1])).toBe(4);
  });

  it('begins later the more workers of the machine come before it', async () => {
    expect(await looksUntilItBegins([1, 1, 1, 1], { ahead: 2 })).toBe(4);
    expect(await looksUntilItBegins([1, 1, 0.3, 1, 1, 1, 1], { ahead: 2 })).toBe(7);
  });

  it('waits on while the cores are busy, and takes a look that says nothing for none', async () => {
    expect(await looksUntilItBegins([0.3], { most: 9 })).toBe(9);
    expect(await looksUntilItBegins([null], { most: 9 })).toBe(9);
    expect(await looksUntilItBegins([1, null, 1])).toBe(3);
  });
});
