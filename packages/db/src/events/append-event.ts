import { EVENTS, type EventPayload, type EventType } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { toStorableJson } from '../connect/storable-text.js';
import { EVENT_BELL } from './event-bell.js';

/** One event to write. `executionId` is null for what concerns the campaign alone. */
export interface NewEvent<T extends EventType> {
  readonly tenantId: string;
  readonly campaignId: string;
  readonly executionId: string | null;
  readonly type: T;
  readonly payload: EventPayload<T>;
}

/**
 * Writes an event with the campaign's next number and returns that number.
 *
 * The number is taken under the lock of the campaign's `campaign_metrics` row, which is held until the
 * transaction ends: numbers have no holes and their order is the order of commit. So this belongs among the
 * last statements of a transaction, after every other lock, and a transaction writes the events of one
 * campaign only; otherwise two writers could wait for each other.
 *
 * The bell for those who follow is rung in the same statement. PostgreSQL rings it once for a transaction, at its commit,
 * under a lock of the whole server: nothing that is done per page may write events.
 *
 * Throws a ZodError for a payload that is not the one the catalogue promises.
 */
export async function appendEvent<T extends EventType>(tx: Tx, event: NewEvent<T>): Promise<number> {
  const payload = JSON.stringify(toStorableJson(EVENTS[event.type].payload.parse(event.payload)));
  const rows = await tx.sql<{ seq: number }[]>`
    with numbered as (
      insert into campaign_metrics (campaign_id, tenant_id, last_event_seq, last_activity_at)
      values (${event.campaignId}, ${event.tenantId}, 1, clock_timestamp())
      on conflict (campaign_id) do update
        set last_event_seq = campaign_metrics.last_event_seq + 1, last_activity_at = clock_timestamp()
      returning last_event_seq
    ), written as (
      insert into event_stream (campaign_id, seq, tenant_id, execution_id, event_type, payload, occurred_at)
      select ${event.campaignId}::uuid, last_event_seq, ${event.tenantId}::uuid, ${event.executionId}::uuid,
             ${event.type}::text, ${payload}::text::jsonb, clock_timestamp()
      from numbered
      returning seq
    )
    select seq, pg_notify(${EVENT_BELL}, ${`${event.tenantId} ${event.campaignId}`}) from written`;
  const written = rows[0];
  if (written === undefined)
    throw new Error(`event ${event.type} of campaign ${event.campaignId} was not written`);
  return written.seq;
}
