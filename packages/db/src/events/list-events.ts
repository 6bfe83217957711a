import type { CampaignEvent } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** Which events of a campaign to list. */
export interface EventFilter {
  readonly campaignId: string;
  /** The last number the reader has seen; 0 from the beginning. */
  readonly after: number;
  readonly limit: number;
  readonly executionId?: string | undefined;
  /** The last number to list; without a bound unless given. */
  readonly upTo?: number | undefined;
  /** With it, the last events before this number, rather than the first after the other. */
  readonly before?: number | undefined;
  /** Whether `execution.progress` is among them, as it is unless told otherwise. */
  readonly progress?: boolean | undefined;
}

interface EventRow extends Omit<CampaignEvent, 'occurredAt'> {
  occurredAt: Date;
}

/** Events of a campaign in their order, with the number of the campaign's last one. */
export async function listEvents(
  tx: Tx,
  filter: EventFilter,
): Promise<{ items: CampaignEvent[]; lastSeq: number }> {
  const { campaignId, after, limit, executionId, upTo, before, progress = true } = filter;
  // The last number first: an event that comes in between is then one more item, not a hole.
  const [metrics] = await tx.sql<{ last: number }[]>`
    select last_event_seq as last from campaign_metrics where campaign_id = ${campaignId}`;
  // An execution has one campaign: by the campaign too, the planner would pass its other executions' events.
  const rows = await tx.sql<EventRow[]>`
    select campaign_id as "campaignId", seq, execution_id as "executionId", event_type as "eventType", payload,
      occurred_at as "occurredAt"
    from (
      select * from event_stream
      where ${executionId === undefined ? tx.sql`campaign_id = ${campaignId}` : tx.sql`execution_id = ${executionId}`}
        and seq > ${after} ${upTo === undefined ? tx.sql`` : tx.sql`and seq <= ${upTo}`}
        ${before === undefined ? tx.sql`` : tx.sql`and seq < ${before}`}
        ${progress ? tx.sql`` : tx.sql`and event_type <> 'execution.progress'`}
      order by seq ${before === undefined ? tx.sql`` : tx.sql`desc`} limit ${limit}
    ) event
    where campaign_id = ${campaignId} order by seq`;
  return {
    items: rows.map((row) => ({ ...row, occurredAt: isoTime(row.occurredAt) })),
    lastSeq: Math.max(metrics?.last ?? 0, rows.at(-1)?.seq ?? 0),
  };
}
