import { type Blackout, blackoutAt, timeZoneOf } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** A schedule counts as due this long before it is, in seconds, so that what is in its way has ended by then. */
const AHEAD_SECONDS = 30;

/**
 * Whether an execution of this campaign that goes on is in the way of a tick which is due, or will be in half a minute. One
 * is not in the way of a schedule whose executions may overlap, nor of a tick that a blackout skips anyway.
 */
export async function blocksTick(tx: Tx, campaignId: string): Promise<boolean> {
  const due = await tx.sql<{ timeZone: string; blackouts: Blackout[]; dueAt: Date }[]>`
    select time_zone as "timeZone", blackouts, greatest(next_due_at, clock_timestamp()) as "dueAt" from crawler_schedules
    where campaign_id = ${campaignId} and status = 'active' and overlap_policy <> 'allow'
      and next_due_at < clock_timestamp() + ${AHEAD_SECONDS} * interval '1 second'`;
  return due.some(
    ({ timeZone, blackouts, dueAt }) => blackoutAt(blackouts, timeZoneOf(timeZone), dueAt.getTime()) === null,
  );
}
