import type { ExecutionDetail, WaitingReason } from '@outrider/shared';
import { countOf, formatClock, formatCount, formatRate } from '../display/quantities.js';

/** The speed is that of the last seconds, so that a stall shows. */
const WINDOW_MS = 5_000;
const STALL_SECONDS = 2;
/** Workers are heard of every five seconds. */
const SILENCE_MS = 7_000;

/** Makes the progress line of one execution from its states as they are read. */
export function createProgressText(
  now = (): number => performance.now(),
): (state: ExecutionDetail) => string {
  const samples: { at: number; pages: number }[] = [];
  let heartbeats = '';
  let heardAt = now();
  return (state) => {
    const at = now();
    const latest = state.lanes.map((lane) => lane.heartbeatAt).join();
    if (latest !== heartbeats) heardAt = at;
    heartbeats = latest;
    samples.push({ at, pages: state.pagesCrawled });
    while (samples.length > 2 && at - (samples[1]?.at ?? at) >= WINDOW_MS) samples.shift();
    const [first] = samples;
    const seconds = first === undefined ? 0 : (at - first.at) / 1_000;
    const rate = first === undefined || seconds === 0 ? 0 : (state.pagesCrawled - first.pages) / seconds;
    const parts = [
      countOf(state.pagesCrawled, 'page'),
      `${formatRate(rate)} pages/s`,
      countOf(state.errorsEncountered, 'error'),
      `${formatCount(state.coverage.pending)} queued`,
      formatClock(state.durationSeconds ?? 0),
    ];
    // Between two pages a lane often waits for its host for a moment; only a stall is worth a word.
    const isStalled = rate === 0 && seconds >= STALL_SECONDS;
    return [...parts, ...standing(state, { isStalled, isSilent: at - heardAt >= SILENCE_MS })].join('  ');
  };
}

/** Why nothing moves, in words, where that is so. */
function standing(
  state: ExecutionDetail,
  { isStalled, isSilent }: { isStalled: boolean; isSilent: boolean },
): string[] {
  switch (state.status) {
    case 'queued':
      return queuedFor(state);
    case 'running': {
      const isHeld = state.lanes.some((lane) => lane.status === 'active');
      if (isStalled && isSilent && isHeld) return ['waiting: its worker is silent and will be replaced'];
      return isStalled && state.waitingReason !== null ? [waitingFor(state.waitingReason)] : [];
    }
    case 'stopping':
      return ['stopping: fetches in flight finish'];
    case 'pausing':
    case 'paused':
      return [state.status];
    case 'completed':
    case 'failed':
    case 'stopped':
    case 'cancelled':
      return [];
  }
}

function queuedFor({ lanes, waitingReason }: ExecutionDetail): string[] {
  if (lanes.some((lane) => lane.waitingReason === 'no_browser_worker')) {
    return ['waiting for a worker with Chromium: install chromium, or set CHROMIUM_PATH'];
  }
  const isByQuota = waitingReason === 'quota_executions' || waitingReason === 'quota_pages';
  return [isByQuota ? waitingFor(waitingReason) : 'waiting for a worker'];
}

function waitingFor(reason: WaitingReason): string {
  return `waiting: ${reason.replaceAll('_', ' ')}`;
}
