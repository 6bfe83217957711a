/** The places where a fault test may kill a process, each named after what has just happened or is about to. */
export const CRASH_POINTS = [
  'after_claim',
  'before_fetch',
  'after_fetch',
  'before_commit',
  'after_commit',
  'before_ack',
  'after_ack',
  'before_enqueue',
  'after_enqueue',
  'in_completion',
  'in_migration',
] as const;
export type CrashPoint = (typeof CRASH_POINTS)[number];

/** Called at a crash point; does nothing unless a test asked for that point. */
export type CrashAt = (point: CrashPoint) => void;

/**
 * Kills the process with SIGKILL, as a power cut would, the `nth` time that it reaches `point`.
 * `plan` is the setting OUTRIDER_CRASH_AT, `point` or `point:nth`; undefined arms nothing.
 */
export function createCrashAt(plan: { point: CrashPoint; nth: number } | undefined): CrashAt {
  if (plan === undefined) return () => {};
  let seen = 0;
  return (point) => {
    if (point !== plan.point) return;
    seen += 1;
    if (seen === plan.nth) process.kill(process.pid, 'SIGKILL');
  };
}
