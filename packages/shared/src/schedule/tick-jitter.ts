import { createHash } from 'node:crypto';

/**
 * By how many milliseconds a tick is put off: from 0 to just below `jitterSeconds`, spread evenly over
 * schedules and ticks, and always the same for one tick, so that every orchestrator finds the same.
 */
export function tickJitter(scheduleId: string, scheduledFor: number, jitterSeconds: number): number {
  if (jitterSeconds === 0) return 0;
  const hash = createHash('sha256').update(`${scheduleId} ${scheduledFor}`).digest();
  return Math.floor((hash.readUInt32BE(0) / 2 ** 32) * jitterSeconds * 1_000);
}
