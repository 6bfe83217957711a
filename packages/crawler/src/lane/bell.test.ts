import { describe, expect, it } from 'vitest';
import { Bell } from './bell.js';

/** Whether the promise resolves before the time is over. */
function resolvesWithin(promise: Promise<void>, milliseconds: number): Promise<boolean> {
  return Promise.race([
    promise.then(() => true),
    new Promise<boolean>((resolve) => setTimeout(() => resolve(false), milliseconds)),
  ]);
}

describe('a bell', () => {
  it('wakes whoever waits', async () => {
    const bell = new Bell();
    const waiting = bell.wait(60_000);
    bell.ring();
    expect(await resolvesWithin(waiting, 5_000)).toBe(true);
  });

  it('that rang while nobody waited wakes the next one at once, and only that one', async () => {
    const bell = new Bell();
    bell.ring();
    bell.ring();
    expect(await resolvesWithin(bell.wait(60_000), 5_000)).toBe(true);
    const second = bell.wait(60_000);
    expect(await resolvesWithin(second, 30)).toBe(false);
    bell.ring();
    await second;
  });

  it('wakes by itself when the time is over', async () => {
    const bell = new Bell();
    const start = performance.now();
    await bell.wait(20);
    expect(performance.now() - start).toBeGreaterThanOrEqual(19);
  });

  it('that woke by itself does not count as rung', async () => {
    const bell = new Bell();
    await bell.wait(1);
    const second = bell.wait(60_000);
    expect(await resolvesWithin(second, 30)).toBe(false);
    bell.ring();
    await second;
  });
});
