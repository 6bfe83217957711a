import type { LaneOrder } from '@outrider/db';
import { afterEach, expect, it } from 'vitest';
import { LaneOrders } from './lane-orders.js';

let orders: LaneOrders | null = null;
afterEach(() => orders?.stop());

/** A lane that hears these answers one after another, and the last one from then on. */
function listen(answers: readonly (LaneOrder | Error)[]) {
  const heard: number[] = [];
  const cuts: string[] = [];
  const missed: unknown[] = [];
  let inFlight = 3;
  orders = new LaneOrders({
    obey: async (count) => {
      const answer = answers[Math.min(heard.length, answers.length - 1)];
      heard.push(count);
      if (answer === undefined || answer instanceof Error) throw answer ?? new Error('no answer');
      return answer;
    },
    inFlight: () => inFlight--,
    cut: (why) => cuts.push(why),
    onMissed: (error) => missed.push(error),
  });
  orders.heed();
  orders.heed();
  return { heard, cuts, missed };
}

const order = (change: Partial<LaneOrder>): LaneOrder => ({
  desired: 'stop',
  cutInMs: 60_000,
  isHeld: true,
  ...change,
});

it('a lane that winds down tells how many fetches are left, again and again', async () => {
  const { heard, cuts } = listen([order({})]);
  await expect.poll(() => heard.length, { timeout: 5_000 }).toBeGreaterThan(2);
  expect(heard.slice(0, 3)).toEqual([3, 2, 1]);
  expect(cuts).toEqual([]);
});

it('fetches are cut off when their time is over, at once when none is left, and when the lane is no longer held', async () => {
  for (const change of [{ cutInMs: 30 }, { cutInMs: -5 }, { cutInMs: null, isHeld: false }]) {
    const { cuts } = listen([order(change)]);
    await expect.poll(() => cuts.length, { timeout: 5_000 }).toBeGreaterThan(0);
    await orders?.stop();
  }
});

it('a cancel that follows a stop cuts off what the stop would have let finish', async () => {
  const { cuts } = listen([order({}), order({ desired: 'cancel', cutInMs: 0 })]);
  await expect.poll(() => cuts.length, { timeout: 5_000 }).toBeGreaterThan(0);
});

it('a drain without an order cuts nothing off, and a database that is away is asked again', async () => {
  const { heard, cuts, missed } = listen([new Error('away'), order({ desired: 'run', cutInMs: null })]);
  await expect.poll(() => heard.length, { timeout: 5_000 }).toBeGreaterThan(2);
  expect(missed).toHaveLength(1);
  expect(cuts).toEqual([]);
});

it('once stopped it asks no more', async () => {
  const { heard } = listen([order({})]);
  await orders?.stop();
  const before = heard.length;
  await new Promise((resolve) => setTimeout(resolve, 400));
  expect(heard.length).toBe(before);
});
