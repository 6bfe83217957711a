import { claimOutdatedSchedules, type Database, type DueSchedule, moveSchedules } from '@outrider/db';
import { nextTick, ZONE_RULES } from '@outrider/shared';
import type { DutyReport } from '../duties/duty.js';

const SCHEDULES_AT_ONCE = 500;

/**
 * Plans the next tick of schedules anew when this process knows a newer release of the time zone database
 * than the one it was calculated with. Only ever from an older release to a newer one, so that old and new
 * orchestrators side by side do not undo each other's work.
 */
export async function replanSchedules(database: Database, zoneRules = ZONE_RULES): Promise<DutyReport> {
  let replanned = 0;
  for (;;) {
    const count = await database.withSystem(async (tx) => {
      const { schedules, now } = await claimOutdatedSchedules(tx, { zoneRules, limit: SCHEDULES_AT_ONCE });
      await moveSchedules(
        tx,
        schedules.map((schedule) => moveUnder(schedule, now, zoneRules)),
      );
      return schedules.length;
    });
    if (count === 0) return { replanned };
    replanned += count;
  }
}

function moveUnder(schedule: DueSchedule, now: number, zoneRules: string) {
  const { id, config, runsStarted, consecutiveFailures, status, statusReason } = schedule;
  // A tick whose time came a moment ago is fired as it was planned.
  const isPast = schedule.next !== null && schedule.next.at <= now;
  const next = isPast ? schedule.next : nextTick(id, config, now);
  const counts = { scheduleId: id, runsStarted, consecutiveFailures, zoneRules };
  if (next !== null) return { ...counts, status, statusReason, next: { at: next.at, dueAt: next.dueAt } };
  return { ...counts, status: 'finished' as const, statusReason: 'end_date' as const, next: null };
}
