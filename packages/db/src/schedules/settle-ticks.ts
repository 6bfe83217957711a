import type { ExecutionState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type ScheduleRow, type StoredSchedule, toStoredSchedule } from './schedule-row.js';

/** A schedule, locked, with how its executions ended since it was last asked, the oldest tick first. */
export interface EndedRuns {
  readonly schedule: StoredSchedule;
  readonly ends: readonly ExecutionState[];
}

/** Of which schedules ended ticks are settled. */
export interface SettleClaim {
  /** Ticks that are looked for. */
  readonly limit: number;
  /** Of this schedule and no other. */
  readonly only?: string;
  /** Of none of these. */
  readonly except?: readonly string[];
  /** Gets the ids of the schedules, before anything is written. */
  readonly claimed?: string[];
}

/**
 * Notes in the ledger how the executions of some ticks ended, and returns them by schedule. Schedules
 * that somebody holds are left to the next run. System role only.
 */
export async function settleEndedTicks(
  tx: Tx,
  { limit, only, except = [], claimed }: SettleClaim,
): Promise<EndedRuns[]> {
  const schedules = await tx.sql<ScheduleRow[]>`
    select schedule.* from crawler_schedules schedule where schedule.id in (
      select tick.schedule_id from schedule_ticks tick
      join campaign_executions execution on execution.id = tick.execution_id
      where tick.outcome = 'started' and tick.execution_status is null and execution.completed_at is not null
        ${only === undefined ? tx.sql`` : tx.sql`and tick.schedule_id = ${only}`}
        ${except.length === 0 ? tx.sql`` : tx.sql`and tick.schedule_id <> all(${[...except]}::uuid[])`}
      limit ${limit})
    order by schedule.id for update of schedule skip locked`;
  claimed?.push(...schedules.map(({ id }) => id));
  if (schedules.length === 0) return [];
  const ended = await tx.sql<
    { schedule_id: string; scheduled_for: Date; execution_status: ExecutionState }[]
  >`
    update schedule_ticks tick set execution_status = execution.status
    from campaign_executions execution
    where tick.schedule_id = any(${schedules.map(({ id }) => id)}::uuid[]) and execution.id = tick.execution_id
      and tick.outcome = 'started' and tick.execution_status is null and execution.completed_at is not null
    returning tick.schedule_id, tick.scheduled_for, tick.execution_status`;
  const inOrder = [...ended].sort((a, b) => a.scheduled_for.getTime() - b.scheduled_for.getTime());
  return schedules.map((row) => ({
    schedule: toStoredSchedule(row),
    ends: inOrder.filter((tick) => tick.schedule_id === row.id).map((tick) => tick.execution_status),
  }));
}

/** Schedules whose tick is overdue by more than this many seconds. System role only. */
export async function countOverdueSchedules(tx: Tx, overdueSeconds: number): Promise<number> {
  const [row] = await tx.sql<{ count: number }[]>`
    select count(*) as count from crawler_schedules schedule
    where next_due_at < statement_timestamp() - ${overdueSeconds} * interval '1 second'
      and not exists (
        select from crawler_campaigns campaign where campaign.id = schedule.campaign_id and campaign.deleted_at is not null)`;
  return row?.count ?? 0;
}
