import type { CalendarTick, TickOutcome } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** Which ticks of the ledger are wanted. Times are milliseconds since 1970. */
export interface CalendarRange {
  readonly scheduleIds: readonly string[];
  /** Where each day begins, and at the end where the last one ends. */
  readonly dayStarts: readonly number[];
  /** Of each schedule, the newest. */
  readonly ticksPerSchedule: number;
  /** Of each schedule and day, the first. */
  readonly ticksPerDay: number;
}

/** Ticks of a schedule and a day with one outcome. */
export interface CountedTicks {
  readonly scheduleId: string;
  /** Place of the day among `dayStarts`. */
  readonly day: number;
  readonly outcome: TickOutcome;
  readonly count: number;
  readonly ticks: readonly CalendarTick[];
}

/**
 * Of schedules that were changed while a tick was pending: from when on the ticks after it are planned, in milliseconds
 * since 1970.
 */
export async function readPlannedFrom(tx: Tx, scheduleIds: readonly string[]): Promise<Map<string, number>> {
  const rows = await tx.sql<{ id: string; planned_from: Date }[]>`
    select id, planned_from from crawler_schedules
    where id = any(${[...scheduleIds]}::uuid[]) and planned_from is not null`;
  return new Map(rows.map(({ id, planned_from: plannedFrom }) => [id, plannedFrom.getTime()]));
}

interface CountedRow {
  schedule_id: string;
  day: number;
  outcome: TickOutcome;
  count: number;
  ticks: (CalendarTick & { readonly scheduledFor: string })[];
}

/**
 * What became of the ticks of schedules, by schedule, day and outcome, with the first ticks of each day in full. Reads the
 * ledger by its primary key, a bounded number of rows of each schedule.
 */
export async function countTicksByDay(tx: Tx, range: CalendarRange): Promise<CountedTicks[]> {
  const starts = range.dayStarts.map((at) => new Date(at).toISOString());
  const rows = await tx.sql<CountedRow[]>`
    with seen as (
      select tick.*, width_bucket(tick.scheduled_for, ${starts}::timestamptz[]) - 1 as day
      from unnest(${[...range.scheduleIds]}::uuid[]) as asked (id)
      cross join lateral (
        select * from schedule_ticks
        where schedule_id = asked.id and scheduled_for >= ${starts[0] ?? ''}::timestamptz
          and scheduled_for < ${starts.at(-1) ?? ''}::timestamptz
        order by scheduled_for desc limit ${range.ticksPerSchedule}
      ) tick
    ), placed as (
      select seen.*, row_number() over (partition by schedule_id, day order by scheduled_for) as place from seen
    )
    select schedule_id, day, outcome, count(*) as count, coalesce(jsonb_agg(jsonb_build_object(
        'scheduledFor', scheduled_for, 'outcome', outcome, 'reason', reason, 'detail', detail,
        'executionId', placed.execution_id, 'executionStatus', coalesce(execution_status, execution.status)
      ) order by scheduled_for) filter (where place <= ${range.ticksPerDay}), '[]') as ticks
    from placed
    left join campaign_executions execution
      on place <= ${range.ticksPerDay} and execution.id = placed.execution_id
    group by schedule_id, day, outcome`;
  return rows.map(({ schedule_id: scheduleId, day, outcome, count, ticks }) => ({
    ...{ scheduleId, day, outcome, count },
    ticks: ticks.map((tick) => ({ ...tick, scheduledFor: new Date(tick.scheduledFor).toISOString() })),
  }));
}
