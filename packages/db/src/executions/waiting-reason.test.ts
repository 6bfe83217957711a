import type { WaitingReason } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { type WaitingFacts, waitingReasonOf } from './waiting-reason.js';

const reasonOf = (facts: Partial<WaitingFacts>) =>
  waitingReasonOf({
    ...{ status: 'running', heldLanes: 1, leased: 0, heldReasons: [], openReasons: [], workers: null },
    ...facts,
  });

describe('an execution', () => {
  it.each(['completed', 'failed', 'stopped', 'cancelled'] as const)(
    'that is %s waits for nothing',
    (status) => {
      expect(reasonOf({ status, heldLanes: 0, workers: 'no_worker' })).toBeNull();
    },
  );

  it('that pauses or stops says so, whatever its workers do', () => {
    expect(reasonOf({ status: 'paused', heldLanes: 0, workers: 'no_worker' })).toBe('paused_by');
    expect(reasonOf({ status: 'pausing', leased: 9 })).toBe('paused_by');
    expect(reasonOf({ status: 'stopping', leased: 9 })).toBe('not_running');
  });

  it.each(['no_worker', 'capacity', 'dispatch'] as const)('that nobody has taken waits for %s', (workers) => {
    expect(reasonOf({ status: 'queued', heldLanes: 0, workers })).toBe(workers);
  });

  it('names a missing browser or a lost worker, unless there is no worker at all', () => {
    const openReasons: WaitingReason[] = ['no_browser_worker'];
    expect(reasonOf({ heldLanes: 0, workers: 'dispatch', openReasons })).toBe('no_browser_worker');
    expect(reasonOf({ heldLanes: 0, workers: 'capacity', openReasons: ['worker_lost'] })).toBe('worker_lost');
    expect(reasonOf({ heldLanes: 0, workers: 'no_worker', openReasons })).toBe('no_worker');
  });

  it('waits only when no lane has anything leased and every lane says why', () => {
    expect(reasonOf({ heldReasons: ['retry_later'] })).toBe('retry_later');
    expect(reasonOf({ heldReasons: ['retry_later'], leased: 1 })).toBeNull();
    expect(reasonOf({ heldReasons: ['retry_later'], heldLanes: 2 })).toBeNull();
  });

  it('of several reasons shows the one that needs a person most', () => {
    expect(reasonOf({ heldLanes: 2, heldReasons: ['host_backoff', 'host_frozen'] })).toBe('host_frozen');
    expect(reasonOf({ heldLanes: 2, heldReasons: ['frontier_empty', 'host_busy'] })).toBe('host_busy');
    expect(reasonOf({ heldReasons: ['byte_limit'] })).toBe('byte_limit');
  });
});
