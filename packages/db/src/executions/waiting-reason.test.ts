import type { WaitingReason } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { laneReasonOf, type OpenFacts, type WaitingFacts, waitingReasonOf } from './waiting-reason.js';

/** One worker without a browser that has room. */
const FLEET = { workers: 1, browsers: 0, room: 1, browserRoom: 0, position: 1 };
const openFacts = (facts: Partial<OpenFacts> = {}): OpenFacts => ({
  ...{ heldBy: null, needsBrowser: false, lostWorker: false, ...FLEET },
  ...facts,
});
const reasonOf = (facts: Partial<WaitingFacts>) =>
  waitingReasonOf({
    ...{ status: 'running', heldLanes: 1, leased: 0, heldReasons: [], open: openFacts() },
    ...facts,
  });
/** Of an execution that no worker has. */
const openReason = (facts: Partial<OpenFacts>) => reasonOf({ heldLanes: 0, open: openFacts(facts) });

describe('an execution', () => {
  it.each(['completed', 'failed', 'stopped', 'cancelled'] as const)(
    'that is %s waits for nothing',
    (status) => {
      expect(reasonOf({ status, heldLanes: 0, open: null })).toBeNull();
    },
  );

  it('that pauses or stops says so, whatever its workers do', () => {
    expect(reasonOf({ status: 'paused', heldLanes: 0, open: null })).toBe('paused_by');
    expect(reasonOf({ status: 'pausing', leased: 9 })).toBe('paused_by');
    expect(reasonOf({ status: 'stopping', leased: 9 })).toBe('not_running');
  });

  it('that no worker has waits for one that can take it', () => {
    expect(openReason({ workers: 0, room: 0 })).toBe('no_worker');
    expect(openReason({ room: 0 })).toBe('capacity');
    expect(openReason({ position: 2 })).toBe('capacity');
    expect(openReason({})).toBe('dispatch');
    expect(reasonOf({ status: 'queued', heldLanes: 0 })).toBe('dispatch');
  });

  it('that renders needs a worker with a browser, and room there', () => {
    expect(openReason({ needsBrowser: true })).toBe('no_browser_worker');
    expect(openReason({ needsBrowser: true, browsers: 1 })).toBe('capacity');
    expect(openReason({ needsBrowser: true, browsers: 1, browserRoom: 1 })).toBe('dispatch');
  });

  it('names a lost worker, unless there is none that could take it over', () => {
    expect(openReason({ lostWorker: true })).toBe('worker_lost');
    expect(openReason({ lostWorker: true, workers: 0 })).toBe('no_worker');
  });

  it.each(['quota_executions', 'quota_pages'] as const)('is kept by %s whatever the workers do', (heldBy) => {
    expect(openReason({ heldBy })).toBe(heldBy);
    expect(openReason({ heldBy, workers: 0, lostWorker: true })).toBe(heldBy);
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

  it('goes by the lane that works where others stand by', () => {
    expect(reasonOf({ heldLanes: 2, heldReasons: ['standing_by', 'frontier_empty'] })).toBe('frontier_empty');
    expect(reasonOf({ heldLanes: 2, heldReasons: ['standing_by', 'host_backoff'] })).toBe('host_backoff');
    expect(reasonOf({ heldLanes: 2, heldReasons: ['standing_by'] })).toBeNull();
  });
});

describe('a lane', () => {
  const stored: WaitingReason = 'host_backoff';
  const of = (status: WaitingFacts['status'], lane: 'waiting' | 'active' | 'finished') =>
    laneReasonOf({ status, open: openFacts({ room: 0 }) }, { status: lane, waitingReason: stored });

  it('that a worker holds says what it waits for; one that waits for a worker forgets what it said then', () => {
    expect(of('running', 'active')).toBe('host_backoff');
    expect(of('running', 'waiting')).toBe('capacity');
  });

  it('does not contradict its execution', () => {
    expect(of('paused', 'waiting')).toBe('paused_by');
    expect(of('stopping', 'active')).toBe('not_running');
    expect(of('completed', 'finished')).toBeNull();
  });
});
