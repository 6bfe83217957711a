import type { CampaignEvent } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** Where a reader of a campaign's events stands: the last number it has seen. */
export interface EventPlace {
  readonly campaignId: string;
  readonly after: number;
}

/** An event that a follower has not seen yet. */
export interface NewlyRead {
  readonly event: CampaignEvent;
  /** Seconds since it was written, by the database's clock. */
  readonly age: number;
}

interface NewRow extends Omit<CampaignEvent, 'occurredAt'> {
  occurredAt: Date;
  age: number;
}

/**
 * What came after each place, in the order of its campaign, at most `limit` events of each. One statement sees one
 * moment, and events are numbered in the order of their commits: what it sees of a campaign has no hole.
 */
export async function readNewEvents(
  tx: Tx,
  places: readonly EventPlace[],
  limit: number,
): Promise<NewlyRead[]> {
  const rows = await tx.sql<NewRow[]>`
    select event.campaign_id as "campaignId", seq, execution_id as "executionId", event_type as "eventType", payload,
      occurred_at as "occurredAt", extract(epoch from clock_timestamp() - occurred_at)::float8 as age
    from unnest(${places.map((place) => place.campaignId)}::uuid[], ${places.map((place) => place.after)}::bigint[])
      as place (campaign_id, after)
    cross join lateral (
      select * from event_stream where campaign_id = place.campaign_id and seq > place.after order by seq limit ${limit}
    ) event
    order by event.campaign_id, seq`;
  return rows.map(({ age, occurredAt, ...row }) => ({
    event: { ...row, occurredAt: isoTime(occurredAt) },
    age,
  }));
}

/** A campaign with the number of its last event. */
export interface EventHead {
  readonly campaignId: string;
  readonly tenantId: string;
  readonly lastSeq: number;
}

/** The last numbers of campaigns. One that is not there was deleted, be it that it can still be restored. */
export async function readEventHeads(tx: Tx, campaignIds: readonly string[]): Promise<EventHead[]> {
  return tx.sql<EventHead[]>`
    select campaign_id as "campaignId", metrics.tenant_id as "tenantId", last_event_seq as "lastSeq"
    from campaign_metrics metrics join crawler_campaigns campaign on campaign.id = campaign_id and deleted_at is null
    where campaign_id = any(${[...campaignIds]}::uuid[])`;
}

/** The last numbers of all campaigns of some tenants. */
export async function readEventHeadsOfTenants(tx: Tx, tenantIds: readonly string[]): Promise<EventHead[]> {
  return tx.sql<EventHead[]>`
    select campaign_id as "campaignId", metrics.tenant_id as "tenantId", last_event_seq as "lastSeq"
    from campaign_metrics metrics join crawler_campaigns campaign on campaign.id = campaign_id and deleted_at is null
    where metrics.tenant_id = any(${[...tenantIds]}::uuid[])`;
}
