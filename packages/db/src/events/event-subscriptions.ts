import type { Viewer } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

/** A process of the API. */
export interface ApiProcess {
  readonly id: string;
  readonly host: string;
  readonly pid: number;
}

/** A client that follows events. */
export interface EventSubscription {
  readonly id: string;
  readonly tenantId: string;
  /** Null: all campaigns of the tenant. */
  readonly campaignId: string | null;
  readonly executionId: string | null;
  readonly apiKeyId: string;
  readonly viewerName: string;
  readonly transport: 'sse' | 'socket';
}

/**
 * Says that a process lives, and removes those that have been silent for `silenceMs` with all that followed over them.
 * Returns whether this one was known: if not, somebody took it for dead, and its subscriptions are gone. System role only.
 */
export async function beatApiProcess(tx: Tx, process: ApiProcess, silenceMs: number): Promise<boolean> {
  const [beat] = await tx.sql<{ known: boolean }[]>`
    with known as (select 1 from api_processes where id = ${process.id})
    insert into api_processes (id, host, pid) values (${process.id}, ${process.host}, ${process.pid})
    on conflict (id) do update set heartbeat_at = clock_timestamp()
    returning exists (select from known) as known`;
  await tx.sql`
    delete from api_processes where id in (
      select id from api_processes
      where heartbeat_at < clock_timestamp() - ${silenceMs} * interval '1 millisecond' for update skip locked)`;
  return beat?.known ?? false;
}

/** Takes a process away that ends in order. System role only. */
export async function removeApiProcess(tx: Tx, processId: string): Promise<void> {
  await tx.sql`delete from api_processes where id = ${processId}`;
}

/** Notes who follows now and who no longer does, of one process. System role only. */
export async function storeSubscriptions(
  tx: Tx,
  processId: string,
  change: { readonly added: readonly EventSubscription[]; readonly removed: readonly string[] },
): Promise<void> {
  const { added, removed } = change;
  if (removed.length > 0) {
    await tx.sql`delete from event_subscriptions where id = any(${[...removed]}::uuid[])`;
  }
  if (added.length === 0) return;
  await tx.sql`
    insert into event_subscriptions (id, tenant_id, process_id, campaign_id, execution_id, api_key_id, viewer_name, transport)
    select id, tenant_id, ${processId}, campaign_id, execution_id, api_key_id, viewer_name, transport
    from unnest(${added.map((one) => one.id)}::uuid[], ${added.map((one) => one.tenantId)}::uuid[],
      ${added.map((one) => one.campaignId)}::uuid[], ${added.map((one) => one.executionId)}::uuid[],
      ${added.map((one) => one.apiKeyId)}::uuid[], ${added.map((one) => one.viewerName)}::text[],
      ${added.map((one) => one.transport)}::text[])
      as one (id, tenant_id, campaign_id, execution_id, api_key_id, viewer_name, transport)
    on conflict (id) do nothing`;
}

/** Most viewers that are listed. */
const MOST_VIEWERS = 200;

/**
 * Who follows a campaign now, over any process that has been heard of within `silenceMs`: one entry per key, the one
 * that has been there longest first.
 */
export async function listViewers(tx: Tx, campaignId: string, silenceMs: number): Promise<Viewer[]> {
  const rows = await tx.sql<(Omit<Viewer, 'since'> & { since: Date })[]>`
    select api_key_id as "keyId", max(viewer_name) as name, count(*)::int as connections, min(since) as since
    from event_subscriptions subscription
    join api_processes process on process.id = process_id
      and heartbeat_at > clock_timestamp() - ${silenceMs} * interval '1 millisecond'
    where campaign_id = ${campaignId}
    group by api_key_id order by min(since), api_key_id limit ${MOST_VIEWERS}`;
  return rows.map((row) => ({ ...row, since: isoTime(row.since) }));
}
