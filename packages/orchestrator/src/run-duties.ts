import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '@outrider/telemetry';
import type { Duty, DutyReport } from './duties/duty.js';

export interface RunningDuties {
  /** Duties that have not succeeded for much longer than they should have. */
  late(): string[];
  /** Starts no new run, and waits for those under way for at most `graceMs`. True when none is left. */
  stop(graceMs: number): Promise<boolean>;
}

/** A duty that fails is tried again after its interval, then after twice that, up to this long. */
const MAX_BACKOFF_MS = 30_000;
/** A duty is late when its last success is further back than this and three intervals. */
const LATE_AFTER_MS = 60_000;

interface Loop {
  readonly duty: Duty;
  lastSuccess: number;
  readonly done: Promise<void>;
}

/**
 * Runs every duty again and again, each in its own loop, so that none overlaps itself and a slow one holds
 * up no other. The pauses vary by a fifth: orchestrators started together do not stay in step. An error is
 * logged and the duty tried again later. `onRun` hears how long each run took, in seconds.
 */
export function runDuties(
  duties: readonly Duty[],
  { logger, onRun }: { readonly logger: Logger; readonly onRun: (seconds: number) => void },
): RunningDuties {
  const stopping = new AbortController();
  // One for each duty that pauses; the warning is for leaks.
  setMaxListeners(duties.length + 1, stopping.signal);
  const loops = duties.map((duty) => {
    const loop: { -readonly [K in keyof Loop]: Loop[K] } = {
      duty,
      lastSuccess: performance.now(),
      done: Promise.resolve(),
    };
    loop.done = repeat(loop, { logger, onRun }, stopping.signal);
    return loop;
  });
  return {
    late: () => {
      const now = performance.now();
      return loops
        .filter(({ duty, lastSuccess }) => now - lastSuccess > LATE_AFTER_MS + 3 * duty.intervalMs)
        .map(({ duty }) => duty.name);
    },
    stop: async (graceMs) => {
      stopping.abort();
      const all = Promise.all(loops.map((loop) => loop.done)).then(() => true);
      const grace = new AbortController();
      const tooLate = sleep(graceMs, false, { signal: grace.signal }).catch(() => false);
      try {
        return await Promise.race([all, tooLate]);
      } finally {
        grace.abort();
      }
    },
  };
}

async function repeat(
  loop: { readonly duty: Duty; lastSuccess: number },
  { logger, onRun }: { readonly logger: Logger; readonly onRun: (seconds: number) => void },
  signal: AbortSignal,
): Promise<void> {
  const { duty } = loop;
  let failures = 0;
  while (!signal.aborted) {
    const startedAt = performance.now();
    try {
      logReport(logger, duty, await duty.run());
      loop.lastSuccess = performance.now();
      failures = 0;
    } catch (error) {
      failures += 1;
      logger.error({ err: error, duty: duty.name, failures }, 'a duty failed and will be tried again');
    }
    onRun((performance.now() - startedAt) / 1_000);
    await pause(pauseAfter(duty.intervalMs, failures), signal);
  }
}

/** Milliseconds until the next run: the interval give or take a fifth, doubled with each failure in a row. */
export function pauseAfter(intervalMs: number, failures: number, random: () => number = Math.random): number {
  const jitter = 0.8 + 0.4 * random();
  if (failures === 0) return intervalMs * jitter;
  return Math.min(intervalMs * 2 ** (failures - 1), MAX_BACKOFF_MS) * jitter;
}

function logReport(logger: Logger, duty: Duty, report: DutyReport): void {
  const worked = Object.values(report).some((count) => count > 0);
  if (worked) logger.info({ duty: duty.name, ...report }, 'a duty had something to do');
}

async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await sleep(ms, undefined, { signal });
  } catch {
    // Asked to stop.
  }
}
