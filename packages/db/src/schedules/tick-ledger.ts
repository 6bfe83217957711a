import type { ExecutionState, ScheduleTick, TickKind, TickOutcome, TickReason } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableText } from '../connect/storable-text.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

/** A tick with its outcome. Times are milliseconds since 1970. */
export interface TickRecord {
  readonly scheduleId: string;
  readonly tenantId: string;
  readonly campaignId: string;
  readonly at: number;
  readonly dueAt: number;
  readonly kind: TickKind;
  readonly outcome: TickOutcome;
  readonly reason: TickReason;
  readonly detail: string | null;
  readonly executionId: string | null;
}

/**
 * Writes ticks in one statement; `fired_at` becomes the database's time. A tick that is there already
 * breaks the transaction, and with it whatever was started for it: each is started once. With `replace`,
 * one that has not started gets the new outcome instead.
 */
export async function recordTicks(
  tx: Tx,
  ticks: readonly TickRecord[],
  { replace = false }: { readonly replace?: boolean } = {},
): Promise<void> {
  if (ticks.length === 0) return;
  const rows = ticks.map(({ at, dueAt, detail, ...tick }) => ({
    ...tick,
    at: new Date(at).toISOString(),
    dueAt: new Date(dueAt).toISOString(),
    detail: detail === null ? null : toStorableText(detail),
  }));
  await tx.sql`
    insert into schedule_ticks (schedule_id, scheduled_for, tenant_id, campaign_id, kind, due_at, fired_at,
      outcome, reason, detail, execution_id)
    select "scheduleId", at, "tenantId", "campaignId", kind, "dueAt", clock_timestamp(), outcome, reason, detail, "executionId"
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as tick ("scheduleId" uuid, at timestamptz,
      "tenantId" uuid, "campaignId" uuid, kind text, "dueAt" timestamptz, outcome text, reason text,
      detail text, "executionId" uuid)
    ${
      replace
        ? tx.sql`on conflict (schedule_id, scheduled_for) do update set kind = excluded.kind,
            outcome = excluded.outcome, reason = excluded.reason, detail = excluded.detail,
            fired_at = excluded.fired_at where schedule_ticks.outcome not in ('started', 'buffered')`
        : tx.sql``
    }`;
}

/** Which of these planned times the ledger has, with their outcomes. */
export async function readRecordedTicks(
  tx: Tx,
  scheduleId: string,
  from: number,
  until: number,
): Promise<ReadonlyMap<number, TickOutcome>> {
  const rows = await tx.sql<{ scheduled_for: Date; outcome: TickOutcome }[]>`
    select scheduled_for, outcome from schedule_ticks where schedule_id = ${scheduleId}
      and scheduled_for between ${new Date(from)} and ${new Date(until)}`;
  return new Map(rows.map((row) => [row.scheduled_for.getTime(), row.outcome]));
}

export interface TickFilter {
  readonly scheduleId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly kind?: TickKind | undefined;
  readonly outcome?: TickOutcome | undefined;
  /** Planned at or after this time (ISO 8601). */
  readonly since?: string | undefined;
  /** Planned before this time (ISO 8601). */
  readonly until?: string | undefined;
}

interface TickRow {
  schedule_id: string;
  scheduled_for: Date;
  kind: TickKind;
  due_at: Date;
  fired_at: Date;
  outcome: TickOutcome;
  reason: TickReason;
  detail: string | null;
  execution_id: string | null;
  status: ExecutionState | null;
}

/** The ticks of a schedule, the newest planned time first. */
export async function listTicks(tx: Tx, filter: TickFilter): Promise<Slice<ScheduleTick>> {
  const { scheduleId, limit, after, kind, outcome, since, until } = filter;
  const rows = await tx.sql<TickRow[]>`
    select tick.*, coalesce(tick.execution_status, execution.status) as status
    from schedule_ticks tick left join campaign_executions execution on execution.id = tick.execution_id
    where tick.schedule_id = ${scheduleId}
      ${after === null ? tx.sql`` : tx.sql`and tick.scheduled_for < ${after[0] ?? ''}::timestamptz`}
      ${kind === undefined ? tx.sql`` : tx.sql`and tick.kind = ${kind}`}
      ${outcome === undefined ? tx.sql`` : tx.sql`and tick.outcome = ${outcome}`}
      ${since === undefined ? tx.sql`` : tx.sql`and tick.scheduled_for >= ${since}`}
      ${until === undefined ? tx.sql`` : tx.sql`and tick.scheduled_for < ${until}`}
    order by tick.scheduled_for desc limit ${limit + 1}`;
  return sliceOf(rows, limit, toTick, (row) => [isoTime(row.scheduled_for)]);
}

function toTick(row: TickRow): ScheduleTick {
  return {
    scheduleId: row.schedule_id,
    scheduledFor: isoTime(row.scheduled_for),
    kind: row.kind,
    dueAt: isoTime(row.due_at),
    decidedAt: isoTime(row.fired_at),
    outcome: row.outcome,
    reason: row.reason,
    detail: row.detail,
    executionId: row.execution_id,
    executionStatus: row.status,
  };
}
