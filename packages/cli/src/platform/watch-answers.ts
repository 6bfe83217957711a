import type { LaunchedProcess } from './launched-process.js';

/** When a process that does not answer counts as hung. */
export interface AnswerPolicy {
  /** Milliseconds from one question to the next. */
  readonly everyMs: number;
  /** Questions in a row that stay without an answer. */
  readonly most: number;
}

/** A machine that is busy with everything else turns an event loop late; no lease, however short, asks for more than this. */
const SHORTEST_MS = 2_000;

/**
 * A process counts as hung after two leases without a turn of its event loop: half of that is enough to lose its lanes,
 * so what it had in hand is nobody's loss any more.
 */
export function answerPolicy(laneLeaseMs: number): AnswerPolicy {
  return { everyMs: Math.max(SHORTEST_MS, laneLeaseMs / 3), most: 6 };
}

/**
 * Asks a process again and again whether its event loop turns, and calls `onHung` once, with the milliseconds of silence, when
 * it has not answered several times in a row. Only time counts in which this process ran itself: after a look that
 * came late, because the machine slept or somebody stopped the platform (Ctrl-Z), counting begins anew. Returns how to end it.
 */
export function watchAnswers(
  { ask, answers }: Pick<LaunchedProcess, 'ask' | 'answers'>,
  { everyMs, most }: AnswerPolicy,
  onHung: (silentMs: number) => void,
  clock = (): number => performance.now(),
): () => void {
  let missed = 0;
  let heard = answers();
  let lookedAt = clock();
  ask();
  const timer = setInterval(() => {
    const now = clock();
    const isLate = now - lookedAt > 2 * everyMs;
    lookedAt = now;
    missed = isLate || answers() > heard ? 0 : missed + 1;
    heard = answers();
    if (missed < most) {
      ask();
      return;
    }
    clearInterval(timer);
    onHung(missed * everyMs);
  }, everyMs);
  return () => clearInterval(timer);
}
