import type { ExecutionProgress } from '@outrider/db';
import { describe, expect, it } from 'vitest';
import { isPaused, judgeErrorRate } from './judge-progress.js';

const progress = (over: Partial<ExecutionProgress>): ExecutionProgress => ({
  ...{ executionId: 'e', tenantId: 't', status: 'running', desired: 'run', cause: 'request' },
  ...{ hasLeased: false, hasPending: true, hasHeldLane: false, pastCut: false, pastDeadline: false },
  ...{ fetched: 0, maxPages: 10, wireBytes: 0, maxBytes: 0, judgedPages: 0, judgedErrors: 0 },
  errorRate: { share: 0.5, minPages: 10, action: 'pause' },
  ...over,
});

describe('the limit on the share of errors', () => {
  it('holds only above the share, and once enough URLs are settled', () => {
    expect(judgeErrorRate(progress({ judgedPages: 9, judgedErrors: 9 }))).toBeNull();
    expect(judgeErrorRate(progress({ judgedPages: 10, judgedErrors: 5 }))).toBeNull();
    expect(judgeErrorRate(progress({ judgedPages: 10, judgedErrors: 6 }))).toEqual({
      kind: 'pause',
      reason: 'limits.errorRate: 6 of 10 URLs failed, more than a share of 0.5',
    });
  });

  it('stops where the campaign says so, and does nothing without one or while it does not run', () => {
    const bad = { judgedPages: 100, judgedErrors: 100 };
    const errorRate = { share: 0.5, minPages: 10, action: 'stop' } as const;
    expect(judgeErrorRate(progress({ ...bad, errorRate }))).toMatchObject({ kind: 'stop' });
    expect(judgeErrorRate(progress({ ...bad, errorRate: null }))).toBeNull();
    expect(judgeErrorRate(progress({ ...bad, status: 'pausing' }))).toBeNull();
  });
});

it('an execution is paused once nothing is leased and no worker holds a lane', () => {
  expect(isPaused(progress({ status: 'pausing' }))).toBe(true);
  expect(isPaused(progress({ status: 'pausing', hasLeased: true }))).toBe(false);
  expect(isPaused(progress({ status: 'pausing', hasHeldLane: true }))).toBe(false);
  expect(isPaused(progress({ status: 'running' }))).toBe(false);
});
