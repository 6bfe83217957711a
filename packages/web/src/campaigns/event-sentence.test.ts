import { expect, it } from 'vitest';
import { eventSentence } from './event-sentence.js';

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
