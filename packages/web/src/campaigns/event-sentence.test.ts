import { type CampaignEvent, EVENTS } from '@outrider/shared/contract';
import { expect, it } from 'vitest';
import { EVENT_GROUPS, eventSentence, inRuns, ofGroup } from './event-sentence.js';

const event = (seq: number, eventType: string, payload: Record<string, unknown> = {}): CampaignEvent => ({
  campaignId: '01900000-0000-7000-8000-000000000000',
  executionId: null,
  occurredAt: '2026-01-01T00:00:00Z',
  seq,
  eventType,
  payload,
});

it('an event is told in a sentence with its figures', () => {
  const coverage = { discovered: 10, fetched: 7, failed: 1, skipped: 2, pending: 0 };
  const payload = { from: 'running', to: 'completed', endReason: 'frontier_exhausted', coverage };
  expect(eventSentence({ eventType: 'execution.ended', payload })).toBe(
    'Ended as completed (frontier exhausted): 7 fetched, 1 failed, 2 skipped',
  );
});

it('an event of a newer platform is told by its name', () => {
  expect(eventSentence({ eventType: 'moon.risen_late', payload: {} })).toBe('moon: risen late');
  expect(eventSentence({ eventType: 'lane.lost', payload: { other: 1 } })).toBe('lane: lost');
});

it('every kind of event of the catalogue can be chosen', () => {
  const groups = new Set(Object.keys(EVENTS).map((name) => name.split('.', 1)[0]));
  expect([...groups].sort()).toEqual([...EVENT_GROUPS].sort());
  expect(ofGroup([event(1, 'lane.lost'), event(2, 'host.released')], 'lane')).toHaveLength(1);
});

it('what repeats itself is told once with its number', () => {
  const leased = { laneId: 'x', instanceId: 'y', epoch: 1 };
  const events = [
    event(4, 'lane.leased', leased),
    event(3, 'lane.leased', leased),
    event(2, 'lane.redispatched'),
  ];
  expect(inRuns(events).map(({ count, first }) => [count, first.seq])).toEqual([
    [2, 4],
    [1, 2],
  ]);
});
