import { appendEvent, type ScheduleMove, type StoredSchedule, type TickRecord, type Tx } from '@outrider/db';

/** Writes what happened to a schedule's ticks, and to itself, to its campaign's events. Call it late: it locks their numbers. */
export async function tellTicks(
  tx: Tx,
  schedule: StoredSchedule,
  ticks: readonly TickRecord[],
  move: ScheduleMove,
): Promise<void> {
  const about = { tenantId: schedule.tenantId, campaignId: schedule.campaignId };
  const named = { scheduleId: schedule.id, name: schedule.config.name };
  const missed = ticks.filter(({ outcome }) => outcome === 'missed');
  const [first, last] = [missed[0], missed.at(-1)];
  if (first !== undefined && last !== undefined) {
    const span = { first: new Date(first.at).toISOString(), last: new Date(last.at).toISOString() };
    await appendEvent(tx, {
      ...{ ...about, executionId: null, type: 'schedule.ticks_missed' },
      payload: { ...named, count: missed.length, ...span },
    });
  }
  for (const { at, kind, outcome, reason, executionId } of ticks) {
    if (outcome === 'missed') continue;
    const scheduledFor = new Date(at).toISOString();
    await appendEvent(tx, {
      ...{ ...about, executionId, type: 'schedule.ticked' },
      payload: { ...named, scheduledFor, kind, outcome, reason },
    });
  }
  await tellStanding(tx, schedule, move);
}

/** Writes that a schedule was paused or is finished, if it was not before. */
export async function tellStanding(
  tx: Tx,
  schedule: StoredSchedule,
  { status, statusReason }: Pick<ScheduleMove, 'status' | 'statusReason'>,
): Promise<void> {
  if (status === schedule.status || statusReason === null || status === 'active') return;
  await appendEvent(tx, {
    ...{ tenantId: schedule.tenantId, campaignId: schedule.campaignId, executionId: null },
    type: status === 'paused' ? 'schedule.paused' : 'schedule.finished',
    payload: { scheduleId: schedule.id, name: schedule.config.name, reason: statusReason },
  });
}
