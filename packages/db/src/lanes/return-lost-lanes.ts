import { newId } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';
import { finishLaneOperations } from '../operations/obey-operation.js';
import { type Loss, quarantineUrls, recordLoss } from '../quarantine/record-loss.js';
import { lockBookedDay, returnBookedPages } from '../quotas/book-pages.js';
import { returnLostSitemaps } from '../sitemaps/return-sitemaps.js';

/** A lane whose worker has been silent for longer than its lease. */
export interface LostLane {
  readonly laneId: string;
  readonly executionId: string;
}

export interface ReturnedLane {
  readonly targetsReturned: number;
  /** URLs given up, since they were leased to a dying lane for the third time. */
  readonly quarantined: number;
  readonly permitsReleased: number;
}

/** A URL that was leased to this many lanes that died is given up: it may be what kills the workers. */
const LEASE_LOSSES_TO_QUARANTINE = 3;

interface LaneRow {
  tenant_id: string;
  campaign_id: string;
  instance_id: string | null;
  epoch: number;
}

interface TargetRow {
  url: string;
  url_key: string;
  host: string;
  state: 'pending' | 'failed';
  lease_losses: number;
}

/** Lanes whose lease has lapsed by the database's clock. */
export async function listLostLanes(tx: Tx, limit: number): Promise<LostLane[]> {
  return tx.sql<LostLane[]>`
    select id as "laneId", execution_id as "executionId" from execution_lanes
    where status = 'active' and lease_until < clock_timestamp() order by lease_until limit ${limit}`;
}

/**
 * Takes a lane from a worker whose lease has lapsed: the lane waits for another, the targets it held are
 * pending again with their attempt undone, its host permits are free. Its epoch is raised here already,
 * so that the old worker, should it only have slept, is refused from this moment on and not only once
 * somebody else has the lane. Returns null when the lease was renewed or the lane taken back meanwhile,
 * and when a claim or the end of the execution holds its row just now: the next run comes again, and a
 * recount of a million rows keeps no other lane waiting.
 *
 * One lane per transaction. Locks the execution (which also holds off claims), the tenant's pages of the day, then the lane.
 */
export async function returnLostLane(tx: Tx, lost: LostLane): Promise<ReturnedLane | null> {
  const execution = await tx.sql`
    select 1 from campaign_executions where id = ${lost.executionId} for no key update skip locked`;
  if (execution.length === 0) return null;
  await lockBookedDay(tx, lost.laneId);
  const [lane] = await tx.sql<LaneRow[]>`
    select tenant_id, campaign_id, instance_id, epoch from execution_lanes
    where id = ${lost.laneId} and status = 'active' and lease_until < clock_timestamp() for update skip locked`;
  if (lane === undefined) return null;
  const targets = await returnTargets(tx, lost);
  await returnLostSitemaps(tx, lost.executionId, lost.laneId);
  const quarantined = targets.filter((target) => target.state === 'failed');
  const loss = lossOf(lost, lane, targets);
  await recordLoss(tx, loss);
  await quarantineUrls(tx, loss, quarantined.map(givenUp));
  await insertQuarantineErrors(tx, lost, lane, quarantined);
  await returnBookedPages(tx, { laneId: lost.laneId, epoch: lane.epoch });
  await tx.sql`
    update execution_lanes
    set status = 'waiting', epoch = epoch + 1, instance_id = null, lease_until = null, in_flight = 0,
        dispatched_at = null, waiting_reason = 'worker_lost', waiting_since = clock_timestamp(), yield_requested_at = null,
        failed = failed + ${quarantined.length}, errors = errors + ${quarantined.length}
    where id = ${lost.laneId}`;
  await finishLaneOperations(tx, lost.laneId);
  const permits = await tx.sql`delete from host_permits where lane_id = ${lost.laneId}`;
  const targetsReturned = targets.length - quarantined.length;
  await announceLoss(tx, lost, lane, { targetsReturned, quarantined });
  return { targetsReturned, quarantined: quarantined.length, permitsReleased: permits.count };
}

async function returnTargets(tx: Tx, { executionId, laneId }: LostLane): Promise<readonly TargetRow[]> {
  return tx.sql<TargetRow[]>`
    update crawl_targets target
    set state = case when poison then 'failed' else 'pending' end,
        failure_code = case when poison then 'quarantined' end,
        settled_at = case when poison then clock_timestamp() end,
        lease_losses = lease_losses + 1, attempt = greatest(attempt - 1, 0), lane_id = null, lane_epoch = null
    from (
      select url_key as key, lease_losses + 1 >= ${LEASE_LOSSES_TO_QUARANTINE} as poison from crawl_targets
      where execution_id = ${executionId} and lane_id = ${laneId} and state = 'leased'
    ) held
    where target.execution_id = ${executionId} and target.url_key = held.key
    returning target.url, target.url_key, target.host, target.state, target.lease_losses`;
}

function lossOf({ executionId, laneId }: LostLane, lane: LaneRow, targets: readonly TargetRow[]): Loss {
  const { tenant_id: tenantId, campaign_id: campaignId, instance_id: instanceId, epoch } = lane;
  const urlKeys = targets.map((target) => target.url_key);
  return { tenantId, campaignId, executionId, laneId, epoch, instanceId, urlKeys };
}

function givenUp({ url, url_key: urlKey, host, lease_losses: losses }: TargetRow) {
  return { url, urlKey, host, losses };
}

async function insertQuarantineErrors(
  tx: Tx,
  lost: LostLane,
  lane: LaneRow,
  targets: readonly TargetRow[],
): Promise<void> {
  if (targets.length === 0) return;
  await tx.sql`
    insert into campaign_errors (id, tenant_id, campaign_id, execution_id, crawler_id, error_type, severity,
      error_code, error_message, url, url_hash, host, context)
    select id, ${lane.tenant_id}, ${lane.campaign_id}, ${lost.executionId}, ${lane.instance_id}, 'internal', 'critical',
      'quarantined', ${`It was leased to ${LEASE_LOSSES_TO_QUARANTINE} workers that died, so it was given up.`},
      url, url_hash, host, jsonb_build_object('laneId', ${lost.laneId}::text, 'epoch', ${lane.epoch}::bigint)
    from unnest(${targets.map(() => newId())}::uuid[], ${targets.map((target) => target.url)}::text[],
      ${targets.map((target) => target.url_key)}::uuid[], ${targets.map((target) => target.host)}::text[])
      as target (id, url, url_hash, host)`;
}

async function announceLoss(
  tx: Tx,
  lost: LostLane,
  lane: LaneRow,
  loss: { readonly targetsReturned: number; readonly quarantined: readonly TargetRow[] },
): Promise<void> {
  if (loss.quarantined.length > 0) {
    await tx.sql`
      update campaign_metrics set errors_encountered = errors_encountered + ${loss.quarantined.length}
      where campaign_id = ${lane.campaign_id}`;
  }
  const about = { tenantId: lane.tenant_id, campaignId: lane.campaign_id, executionId: lost.executionId };
  for (const { url, url_key: urlKey, lease_losses: losses } of loss.quarantined) {
    await appendEvent(tx, { ...about, type: 'url.quarantined', payload: { url, urlKey, losses } });
  }
  await appendEvent(tx, {
    ...about,
    type: 'lane.lost',
    payload: {
      laneId: lost.laneId,
      instanceId: lane.instance_id,
      epoch: lane.epoch,
      targetsReturned: loss.targetsReturned,
    },
  });
}
