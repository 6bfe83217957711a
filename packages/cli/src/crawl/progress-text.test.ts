import { describe, expect, it } from 'vitest';
import { sampleExecution } from '../report/testing/sample-execution.js';
import { createProgressText } from './progress-text.js';

function running(pagesCrawled: number, changes = {}) {
  return sampleExecution({
    status: 'running',
    pagesCrawled,
    durationSeconds: 65,
    errorsEncountered: 1,
    ...changes,
  });
}

const lane = (heartbeatAt: string, waitingReason: string | null) => ({
  id: crypto.randomUUID(),
  laneNumber: 1,
  status: 'active' as const,
  instanceId: null,
  epoch: 1,
  heartbeatAt,
  waitingReason,
});

describe('the progress line', () => {
  it('shows pages, speed of the last seconds, errors, queue and time', () => {
    let now = 0;
    const text = createProgressText(() => now);
    const coverage = { discovered: 9_999, fetched: 0, failed: 0, skipped: 0, pending: 4_321 };
    expect(text(running(0, { coverage }))).toBe('0 pages  0.0 pages/s  1 error  4,321 queued  1:05');
    now = 4_000;
    expect(text(running(1_000))).toContain('1,000 pages  250.0 pages/s');
    for (now = 5_000; now <= 20_000; now += 500) text(running(1_000));
    expect(text(running(1_000))).toContain('1,000 pages  0.0 pages/s');
  });

  it('names the quota that keeps a crawl from its workers, and blames none of them', () => {
    let now = 0;
    const text = createProgressText(() => now);
    const kept = {
      lanes: [{ ...lane('2026-01-01T00:00:00Z', 'quota_pages'), status: 'waiting' as const }],
      waitingReason: 'quota_pages',
    };
    expect(text(running(0, { ...kept, status: 'queued' }))).toContain('waiting: quota pages');
    for (now = 500; now < 20_000; now += 500) text(running(5, kept));
    expect(text(running(5, kept))).toContain('waiting: quota pages');
  });

  it('says what a crawl that does not move waits for', () => {
    let now = 0;
    const text = createProgressText(() => now);
    expect(text(running(0, { status: 'queued' }))).toContain('waiting for a worker');
    const stalled = {
      lanes: [lane('2026-01-01T00:00:00Z', 'host_backoff')],
      waitingReason: 'host_backoff',
    };
    expect(text(running(5, stalled))).not.toContain('waiting');
    for (now = 500; now < 6_500; now += 500) text(running(5, stalled));
    expect(text(running(5, stalled))).toContain('waiting: host backoff');
    now = 8_000;
    expect(text(running(5, stalled))).toContain('worker is silent');
    expect(text(running(5, { lanes: [lane('2026-01-01T00:00:05Z', null)] }))).not.toContain('waiting');
    expect(text(running(5, { status: 'stopping' }))).toContain('fetches in flight finish');
  });
});
