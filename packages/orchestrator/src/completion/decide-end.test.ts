import type { ExecutionProgress, Recount } from '@outrider/db';
import { describe, expect, it } from 'vitest';
import { decideEnd, type EndDecision, judgeOutcome } from './decide-end.js';

function progress(over: Partial<ExecutionProgress>): ExecutionProgress {
  const ids = { executionId: 'e', tenantId: 't' };
  const rest = { hasLeased: false, hasPending: true, fetched: 0, maxPages: 10, pastDeadline: false };
  const order = { desired: 'run', cause: 'request', pastCut: false, hasHeldLane: true } as const;
  const limits = { wireBytes: 0, maxBytes: 0, judgedPages: 0, judgedErrors: 0, errorRate: null };
  return { ...ids, status: 'running', ...rest, ...order, ...limits, ...over };
}

describe('an execution goes on', () => {
  it.each<[string, Partial<ExecutionProgress>]>([
    ['while URLs are pending', {}],
    ['while a URL is leased, though nothing is pending', { hasLeased: true, hasPending: false }],
    ['while a URL is leased, though the page limit is reached', { hasLeased: true, fetched: 10 }],
    ['while a URL is leased, though its time is over', { hasLeased: true, pastDeadline: true }],
    ['while a URL is leased, though it was stopped', { hasLeased: true, status: 'stopping' }],
    ['while it waits for its first worker', { status: 'queued' }],
  ])('%s', (_, over) => {
    expect(decideEnd(progress(over))).toBeNull();
  });
});

describe('an execution ends', () => {
  it.each<[string, Partial<ExecutionProgress>, string, string | null]>([
    ['when nothing is pending or leased', { hasPending: false }, 'frontier_exhausted', null],
    [
      'when no seed of a queued one is left',
      { status: 'queued', hasPending: false },
      'frontier_exhausted',
      null,
    ],
    ['at the page limit', { fetched: 10 }, 'page_limit', 'page_limit'],
    ['when its bytes are used up', { maxBytes: 9, wireBytes: 9 }, 'byte_limit', 'byte_limit'],
    ['when its time is over', { pastDeadline: true }, 'duration_limit', 'duration_limit'],
    [
      'at the page limit rather than for its time',
      { fetched: 10, pastDeadline: true },
      'page_limit',
      'page_limit',
    ],
    [
      'as exhausted when the page limit fell on the last page',
      { fetched: 10, hasPending: false },
      'frontier_exhausted',
      null,
    ],
    [
      'as stopped, whatever else is true',
      { status: 'stopping', hasPending: false, fetched: 10 },
      'stopped_by_user',
      'stopped',
    ],
  ])('%s', (_, over, endReason, reason) => {
    const decision = decideEnd(progress(over));
    expect(decision?.endReason).toBe(endReason);
    expect(decision?.settle?.reason ?? null).toBe(reason);
    expect(decision?.to).toBe(endReason === 'stopped_by_user' ? 'stopped' : 'completed');
  });
});

describe('an exhausted frontier', () => {
  const exhausted: EndDecision = { to: 'completed', endReason: 'frontier_exhausted', settle: null };
  const recount = (totals: {
    fetched?: number;
    failed?: number;
    unreachable?: number;
    refused?: number;
  }): Recount => {
    const { fetched = 0, failed = 0, unreachable = 0, refused = 0 } = totals;
    const skipped = unreachable + refused;
    const receipt = {
      ...{ discovered: fetched + failed + skipped, fetched, failed, skipped, pending: 0, balanced: true },
      ...{ failedByCode: {}, discoveredByMethod: {}, fetchedByStatus: {} },
      skippedByReason: { robots_unreachable: unreachable, robots_txt: refused },
    };
    return { receipt, contradictions: 0, targetsSkipped: skipped };
  };

  it.each([
    [
      'completes when something was fetched, whatever failed',
      { fetched: 1, failed: 5 },
      'frontier_exhausted',
    ],
    ['completes when robots.txt refused every URL', { refused: 3 }, 'frontier_exhausted'],
    [
      'completes when only part stood behind an unreachable robots.txt',
      { refused: 1, unreachable: 2 },
      'frontier_exhausted',
    ],
    ['fails when every URL stood behind an unreachable robots.txt', { unreachable: 2 }, 'robots_unreachable'],
    ['fails when no seed gave an answer', { failed: 2 }, 'no_usable_seed'],
    [
      'fails for want of a usable seed, also when robots.txt hid another',
      { failed: 1, unreachable: 1 },
      'no_usable_seed',
    ],
  ])('%s', (_, totals, endReason) => {
    const outcome = judgeOutcome(exhausted, recount(totals));
    expect(outcome.endReason).toBe(endReason);
    expect(outcome.to).toBe(endReason === 'frontier_exhausted' ? 'completed' : 'failed');
  });

  it('is the only end that is judged: a stop stays a stop', () => {
    const stopped: EndDecision = { to: 'stopped', endReason: 'stopped_by_user', settle: null };
    expect(judgeOutcome(stopped, recount({ failed: 2 }))).toBe(stopped);
  });
});

describe('an order to end', () => {
  const leased = { status: 'stopping', hasLeased: true } as const;

  it('waits for what is leased until the time to cut it off is past, and then recalls it', () => {
    expect(decideEnd(progress({ ...leased, desired: 'cancel' }))).toBeNull();
    expect(decideEnd(progress({ ...leased, desired: 'cancel', pastCut: true }))).toMatchObject({
      to: 'cancelled',
      endReason: 'cancelled_by_user',
      recall: true,
    });
    expect(decideEnd(progress({ ...leased, desired: 'stop', pastCut: true }))).toMatchObject({
      recall: true,
    });
    expect(decideEnd(progress({ ...leased, status: 'running', pastCut: true }))).toBeNull();
  });

  it('by the limit on errors names it', () => {
    expect(decideEnd(progress({ status: 'stopping', desired: 'stop', cause: 'error_rate' }))).toMatchObject({
      to: 'stopped',
      endReason: 'error_rate',
    });
  });
});
