import {
  appendEvent,
  dropBufferedTicks,
  insertSchedule,
  lockCampaign,
  lockSchedule,
  lockScheduleToRestore,
  markScheduleDeleted,
  markScheduleRestored,
  moveSchedules,
  type NextStart,
  readClock,
  readSchedule,
  recordTicks,
  type ScheduleStanding,
  type StoredSchedule,
  type Tx,
  updateSchedule,
} from '@outrider/db';
import {
  newId,
  nextTick,
  OutriderError,
  patchSchedule,
  type Schedule,
  type ScheduleConfig,
  type SchedulePatch,
  ZONE_RULES,
} from '@outrider/shared';

/** Creates a schedule with its first tick planned; one that can have none is finished from the start. */
export async function createSchedule(
  tx: Tx,
  request: { readonly tenantId: string; readonly campaignId: string; readonly config: ScheduleConfig },
): Promise<Schedule> {
  const { tenantId, campaignId, config } = request;
  await lockCampaign(tx, campaignId);
  const id = newId();
  const standing = standingFrom(id, config, await readClock(tx));
  await insertSchedule(tx, { id, tenantId, campaignId, config, ...standing });
  const created = await readSchedule(tx, id);
  await appendEvent(tx, {
    ...{ tenantId, campaignId, executionId: null, type: 'schedule.created' },
    payload: { scheduleId: id, name: created.name, nextTickAt: created.nextTickAt },
  });
  return created;
}

/**
 * Changes a schedule and plans on from now. A tick whose planned time has come, be it put off by its jitter
 * or due and no orchestrator has come to it yet, stays: it is started once, under the new policies, and before the
 * first tick of the new plan.
 */
export async function changeSchedule(tx: Tx, scheduleId: string, patch: SchedulePatch): Promise<Schedule> {
  const { schedule, now } = await lockSchedule(tx, scheduleId);
  const config = patchSchedule(schedule.config, patch);
  const standing = beforeNewPlan(scheduleId, config, standingAfterChange(schedule, config, now), now);
  await updateSchedule(tx, scheduleId, config, standing, isBehind(schedule, now) ? null : now);
  const changed = await readSchedule(tx, scheduleId);
  await appendEvent(tx, {
    ...{ tenantId: schedule.tenantId, campaignId: schedule.campaignId, executionId: null },
    type: 'schedule.updated',
    payload: {
      ...{ scheduleId, name: changed.name, fields: Object.keys(patch), nextTickAt: changed.nextTickAt },
    },
  });
  return changed;
}

/** Pauses a schedule; starts that wait are given up. Pausing it again changes nothing. Throws `schedule_state` for a finished one. */
export async function pauseSchedule(tx: Tx, scheduleId: string): Promise<Schedule> {
  const { schedule } = await lockSchedule(tx, scheduleId);
  if (schedule.status === 'finished') throw finished();
  if (schedule.status === 'active') {
    await dropBufferedTicks(tx, scheduleId, { outcome: 'skipped_paused', reason: 'paused_by_user' });
    const statusReason = 'paused_by_user';
    await updateSchedule(tx, scheduleId, schedule.config, {
      ...{ status: 'paused', statusReason, next: schedule.next, zoneRules: schedule.zoneRules },
    });
    await appendEvent(tx, {
      ...{ tenantId: schedule.tenantId, campaignId: schedule.campaignId, executionId: null },
      ...{
        type: 'schedule.paused',
        payload: { scheduleId, name: schedule.config.name, reason: statusReason },
      },
    });
  }
  return readSchedule(tx, scheduleId);
}

/**
 * Resumes a paused schedule, its failures forgotten. A tick whose planned time has come at that moment is started.
 * Resuming an active one changes nothing. Throws `schedule_state` for a finished one.
 */
export async function resumeSchedule(tx: Tx, scheduleId: string): Promise<Schedule> {
  const { schedule, now } = await lockSchedule(tx, scheduleId);
  if (schedule.status === 'finished') throw finished();
  if (schedule.status === 'paused') {
    const standing = standingAfterChange({ ...schedule, status: 'active' }, schedule.config, now);
    await updateSchedule(tx, scheduleId, schedule.config, standing);
    await forgetFailures(tx, schedule, standing);
    const resumed = await readSchedule(tx, scheduleId);
    await appendEvent(tx, {
      ...{ tenantId: schedule.tenantId, campaignId: schedule.campaignId, executionId: null },
      ...{ type: 'schedule.resumed' },
      payload: { scheduleId, name: resumed.name, nextTickAt: resumed.nextTickAt },
    });
  }
  return readSchedule(tx, scheduleId);
}

/**
 * Deletes a schedule. What it started goes on; its ledger stays, and says so of a tick that waited, or whose
 * planned time had come.
 */
export async function deleteSchedule(tx: Tx, scheduleId: string): Promise<void> {
  const { schedule, now } = await lockSchedule(tx, scheduleId);
  const { tenantId, campaignId, next } = schedule;
  const end = { outcome: 'skipped_deleted', reason: 'schedule_deleted' } as const;
  await dropBufferedTicks(tx, scheduleId, end);
  if (next !== null && next.at <= now) {
    await recordTicks(tx, [
      {
        ...{ scheduleId, tenantId, campaignId, ...next, ...end },
        kind: 'planned',
        detail: null,
        executionId: null,
      },
    ]);
  }
  await markScheduleDeleted(tx, scheduleId);
  await appendEvent(tx, {
    ...{ tenantId, campaignId, executionId: null },
    ...{ type: 'schedule.deleted', payload: { scheduleId, name: schedule.config.name } },
  });
}

/**
 * Undoes the deletion of a schedule: it goes on with its next tick from now, paused if it was. Ticks that came to nothing
 * meanwhile stay so. Restoring one that is there changes nothing. Throws `limit_exceeded` when others took its place.
 */
export async function restoreSchedule(tx: Tx, scheduleId: string): Promise<Schedule> {
  const { schedule, now, isDeleted } = await lockScheduleToRestore(tx, scheduleId);
  if (!isDeleted) return readSchedule(tx, scheduleId);
  const { tenantId, campaignId, config } = schedule;
  await lockCampaign(tx, campaignId);
  await markScheduleRestored(tx, schedule, standingAfterChange({ ...schedule, next: null }, config, now));
  const restored = await readSchedule(tx, scheduleId);
  await appendEvent(tx, {
    ...{ tenantId, campaignId, executionId: null, type: 'schedule.restored' },
    payload: { scheduleId, name: restored.name, nextTickAt: restored.nextTickAt },
  });
  return restored;
}

/** A schedule that was just changed, at a moment. */
function standingAfterChange(
  schedule: StoredSchedule,
  config: ScheduleConfig,
  now: number,
): ScheduleStanding {
  const { status, statusReason, next, zoneRules } = schedule;
  if (next !== null && next.at <= now && status !== 'finished') {
    return { status, statusReason: status === 'paused' ? statusReason : null, next, zoneRules };
  }
  if (config.maxRuns !== null && schedule.runsStarted >= config.maxRuns) {
    return { status: 'finished', statusReason: 'run_limit', next: null, zoneRules: ZONE_RULES };
  }
  const standing = standingFrom(schedule.id, config, now);
  // A finished schedule whose end was put off lives again; a paused one stays paused.
  if (status === 'paused' && standing.status === 'active') return { ...standing, status, statusReason };
  return standing;
}

/** A tick that is put off until the new plan has one is due at once: a schedule has one tick at a time that waits. */
function beforeNewPlan(
  scheduleId: string,
  config: ScheduleConfig,
  standing: ScheduleStanding,
  now: number,
): ScheduleStanding {
  const { next } = standing;
  if (next === null || next.at > now || next.dueAt <= now) return standing;
  const following = nextTick(scheduleId, config, now);
  if (following === null || following.at > next.dueAt) return standing;
  return { ...standing, next: { ...next, dueAt: now } };
}

/** Whether ticks were planned after the one that comes next and before now: no orchestrator ran, and the ledger is to have them. */
function isBehind({ id, config, next, plannedFrom }: StoredSchedule, now: number): boolean {
  if (next === null) return false;
  const second = nextTick(id, config, Math.max(next.at, plannedFrom ?? next.at));
  return second !== null && second.at <= now;
}

function standingFrom(scheduleId: string, config: ScheduleConfig, now: number): ScheduleStanding {
  const tick = nextTick(scheduleId, config, now);
  if (tick !== null) {
    const next: NextStart = { at: tick.at, dueAt: tick.dueAt };
    return { status: 'active', statusReason: null, next, zoneRules: ZONE_RULES };
  }
  const statusReason = config.endsAt === null ? 'no_more_ticks' : 'end_date';
  return { status: 'finished', statusReason, next: null, zoneRules: ZONE_RULES };
}

async function forgetFailures(tx: Tx, schedule: StoredSchedule, standing: ScheduleStanding): Promise<void> {
  const { id: scheduleId, runsStarted } = schedule;
  await moveSchedules(tx, [{ ...standing, scheduleId, runsStarted, consecutiveFailures: 0 }]);
}

function finished(): OutriderError {
  return new OutriderError('schedule_state', 'The schedule is finished. Change its end or its limit first.');
}
