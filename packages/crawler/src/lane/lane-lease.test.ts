import type { ExecutionState } from '@outrider/shared';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LaneLease } from './lane-lease.js';

const LEASE_MS = 300;
const running: LaneLease[] = [];

afterEach(() => {
  for (const lease of running.splice(0)) lease.stop();
});

/** A lease whose renewals `answer` decides, with what it reported. */
function startLease(answer: (beat: number) => Promise<ExecutionState | null>) {
  const lost: string[] = [];
  const states: ExecutionState[] = [];
  const missed: unknown[] = [];
  let beats = 0;
  const startedAt = performance.now();
  let lostAfterMs = Number.NaN;
  const lease = new LaneLease({
    effects: { renew: () => answer(beats++) },
    leaseMs: LEASE_MS,
    onLost: (why) => {
      lost.push(why);
      lostAfterMs = performance.now() - startedAt;
    },
    onState: (state) => void states.push(state),
    onMissed: (error) => void missed.push(error),
    beat: () => ({ memoryMb: 1, waitingReason: null, held: 0 }),
  });
  running.push(lease);
  lease.start();
  return { lease, lost, states, missed, beats: () => beats, lostAfterMs: () => lostAfterMs };
}

describe('a lease', () => {
  it('that is renewed goes on, and tells what state the execution is in', async () => {
    const { lost, states } = startLease(async () => 'running');
    await expect.poll(() => states.length, { timeout: 5_000 }).toBeGreaterThan(8);
    expect(lost).toEqual([]);
  });

  it('is lost at once when the database says so, and asks no more', async () => {
    const { lost, beats } = startLease(async () => null);
    await expect
      .poll(() => lost, { timeout: 5_000 })
      .toEqual(['the lane belongs to another worker or has ended']);
    const asked = beats();
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    expect(beats()).toBe(asked);
    expect(lost).toHaveLength(1);
  });

  it('gives up by itself when it could not be renewed for its whole time', async () => {
    const { lost, lostAfterMs } = startLease(() => Promise.reject(new Error('the database is away')));
    await expect.poll(() => lost, { timeout: 5_000 }).toEqual(['the lease could not be renewed in time']);
    expect(lostAfterMs()).toBeGreaterThanOrEqual((LEASE_MS * 5) / 6 - 2);
  });

  it('gives up when it is asked after its time, though no timer has had its turn', () => {
    const { lease, lost } = startLease(async () => 'running');
    lease.check();
    expect(lost).toEqual([]);
    // As a process that was stopped wakes up: what is heard first is answers, not timers.
    const wakesAt = performance.now() + LEASE_MS;
    while (performance.now() < wakesAt);
    lease.check();
    expect(lost).toEqual(['the lease could not be renewed in time']);
  });

  it('gives up before the lease lapses, not at the first beat after', async () => {
    vi.useFakeTimers();
    try {
      // Sent at 100 and answered at 120: the lease lapses at 400, which is when a beat is due.
      const { lost } = startLease((beat) =>
        beat === 0
          ? new Promise((resolve) => setTimeout(() => resolve('running'), 20))
          : Promise.reject(new Error('the database is away')),
      );
      await vi.advanceTimersByTimeAsync(349);
      expect(lost).toEqual([]);
      await vi.advanceTimersByTimeAsync(3);
      expect(lost).toEqual(['the lease could not be renewed in time']);
    } finally {
      vi.useRealTimers();
    }
  });

  it('gives up by itself when the database does not answer at all', async () => {
    const { lost } = startLease(() => new Promise(() => {}));
    await expect.poll(() => lost, { timeout: 5_000 }).toEqual(['the lease could not be renewed in time']);
  });

  it('survives renewals that fail, as long as one comes through in time', async () => {
    const { lost, beats, states, missed } = startLease((beat) =>
      beat % 2 === 0 ? Promise.reject(new Error('away')) : Promise.resolve('running'),
    );
    await expect.poll(() => states.length, { timeout: 5_000 }).toBeGreaterThan(4);
    expect(beats()).toBeGreaterThan(8);
    expect(missed.length).toBeGreaterThan(3);
    expect(lost).toEqual([]);
  });

  it('that was stopped says nothing any more, whatever comes late', async () => {
    let answer: (state: ExecutionState | null) => void = () => {};
    const { lease, lost, states, beats } = startLease(
      () =>
        new Promise((resolve) => {
          answer = resolve;
        }),
    );
    await expect.poll(beats, { timeout: 5_000 }).toBe(1);
    lease.stop();
    answer(null);
    await new Promise((resolve) => setTimeout(resolve, LEASE_MS));
    expect([lost, states]).toEqual([[], []]);
  });
});
