import { type CampaignEvent, EVENTS } from '@outrider/shared/contract';
import { expect, it } from 'vitest';
import { chosenEvents, EVENT_GROUPS, inRuns, levelOf } from './event-groups.js';

const event = (
  seq: number,
  eventType: string,
  payload: Record<string, unknown> = {},
  second = seq,
): CampaignEvent => ({
  campaignId: '01900000-0000-7000-8000-000000000000',
  executionId: null,
  occurredAt: new Date(Date.UTC(2026, 0, 1) + second * 1_000).toISOString(),
  seq,
  eventType,
  payload,
});
const frozen = (seq: number, second = seq) =>
  event(seq, 'host.frozen', { host: `${seq}.example`, reason: 'asked', until: null }, second);
const shape = (events: readonly CampaignEvent[]) =>
  inRuns(events).map(({ first, rest, isSame }) => [first.seq, rest.length, isSame]);

it('every kind of event of the catalogue can be chosen', () => {
  const groups = new Set(Object.keys(EVENTS).map((name) => name.split('.', 1)[0]));
  expect([...groups].sort()).toEqual([...EVENT_GROUPS].sort());
});

it('events are chosen by kind and by level', () => {
  const events = [event(1, 'lane.leased'), frozen(2), event(3, 'execution.ended', { to: 'failed' })];
  const numbers = (choice: Parameters<typeof chosenEvents>[1]) =>
    chosenEvents(events, choice).map(({ seq }) => seq);
  expect(numbers({ group: null, level: 'detail' })).toEqual([1, 2, 3]);
  expect(numbers({ group: null, level: 'info' })).toEqual([2, 3]);
  expect(numbers({ group: null, level: 'error' })).toEqual([3]);
  expect(numbers({ group: 'lane', level: 'detail' })).toEqual([1]);
  expect(levelOf({ eventType: 'execution.ended', payload: { to: 'completed' } })).toBe('info');
});

it('what repeats itself is one line with its number, however slowly', () => {
  const leased = { laneId: 'x', instanceId: 'y', epoch: 1 };
  expect(shape([event(90, 'lane.leased', leased), event(3, 'lane.leased', leased), frozen(2)])).toEqual([
    [90, 1, true],
    [2, 0, true],
  ]);
});

it('a burst of one kind is one line that has all its events; three are three', () => {
  const burst = Array.from({ length: 5 }, (_, nth) => frozen(20 - nth, 7));
  expect(shape([...burst, frozen(9, 6), frozen(8, 6), frozen(7, 6)])).toEqual([
    [20, 4, false],
    [9, 0, true],
    [8, 0, true],
    [7, 0, true],
  ]);
});

it('no event is left out of the lines', () => {
  const kinds = ['lane.leased', 'host.frozen', 'lane.lost'];
  const events = Array.from({ length: 300 }, (_, nth) =>
    event(300 - nth, kinds[(nth * 7) % 11] ?? 'lane.leased', {}, Math.floor(nth / 9)),
  );
  const told = inRuns(events).flatMap(({ first, rest }) => [first, ...rest]);
  expect(told).toEqual(events);
});
