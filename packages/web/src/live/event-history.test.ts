import type { CampaignEvent } from '@outrider/shared/contract';
import { assert, expect, it } from 'vitest';
import { type EventHistory, NO_HISTORY, readyForOlder, withNewer, withOlder } from './event-history.js';

const event = (seq: number, eventType = 'host.released'): CampaignEvent => ({
  campaignId: '0190f2c4-0000-7000-8000-000000000001',
  seq,
  executionId: '0190f2c4-0000-7000-8000-000000000002',
  eventType,
  payload: eventType === 'execution.progress' ? { coverage: totals, errors: 1 } : { host: `${seq}.example` },
  occurredAt: new Date(seq * 1_000).toISOString(),
});
const totals = { discovered: 5, fetched: 2, failed: 0, skipped: 0, pending: 3 };
const range = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, nth) => event(from + nth));
const numbers = ({ events }: { events: readonly CampaignEvent[] }) => events.map(({ seq }) => seq);
/** A history, after somebody has asked for those events before it. */
function askedFor(held: EventHistory, older: CampaignEvent[], isLast: boolean): EventHistory {
  const oldest = held.events.at(-1);
  assert(oldest !== undefined);
  return withOlder(readyForOlder(held), oldest, { events: older, isLast });
}

it('has the newest first, and progress apart from the rest', () => {
  const held = withNewer(NO_HISTORY, [event(1), event(2, 'execution.progress'), event(3)]);
  expect(numbers(held)).toEqual([3, 1]);
  expect(held.progress).toMatchObject([{ at: 2_000, fetched: 2, errors: 1 }]);
});

it('what comes twice is there once', () => {
  const held = withNewer(withNewer(NO_HISTORY, range(1, 5)), range(3, 7));
  expect(numbers(held)).toEqual([7, 6, 5, 4, 3, 2, 1]);
  expect(numbers(askedFor(held, range(1, 2), true))).toEqual(numbers(held));
});

it('keeps a bounded number, says that there are older ones, and takes them back', () => {
  let held = NO_HISTORY;
  for (let from = 1; from <= 10_000; from += 100) held = withNewer(held, range(from, from + 99));
  expect(held.events).toHaveLength(2_000);
  expect([held.events[0]?.seq, held.hasOlder]).toEqual([10_000, true]);
  const oldest = held.events.at(-1)?.seq ?? 0;
  const deeper = askedFor(held, range(oldest - 50, oldest - 1), false);
  expect(numbers(deeper)).toEqual(Array.from({ length: 2_050 }, (_, nth) => 10_000 - nth));
  expect(withNewer(deeper, range(10_001, 10_010)).events).toHaveLength(2_060);
});

it('loses none between what it has and older ones, however many come while those are read', () => {
  const held = readyForOlder(withNewer(NO_HISTORY, range(1_001, 3_000)));
  const oldest = held.events.at(-1);
  assert(oldest !== undefined);
  const busy = withNewer(held, range(3_001, 3_100));
  const deeper = withOlder(busy, oldest, { events: range(801, 1_000), isLast: false });
  expect(numbers(deeper)).toEqual(Array.from({ length: 2_300 }, (_, nth) => 3_100 - nth));
});

it('does not take older ones that were asked for by another history', () => {
  const oldest = event(1_001);
  const held = withNewer(NO_HISTORY, range(1_500, 1_600));
  expect(withOlder(held, oldest, { events: range(801, 1_000), isLast: true })).toBe(held);
});
