import { AND_NOFOLLOW, type CampaignConfig, type DiscoveryMethod } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { allowSkippedDiscoveries } from '../records/allow-skipped-discoveries.js';
import { lockLog } from '../records/lock-log.js';
import type { Discovery } from '../records/settlement.js';
import { keepTrapBudgets } from '../traps/keep-budgets.js';

/** A URL that was left out since it lay outside the scope. */
export interface Outsider {
  readonly url: string;
  readonly urlKey: string;
  readonly host: string;
  readonly sourceUrl: string;
  readonly method: Extract<DiscoveryMethod, 'link' | 'sitemap'>;
  /** As scope.maxDepth counts. */
  readonly depth: number;
}

/** An execution whose scope has become wider since its outsiders were last judged. */
export interface WidenedExecution {
  readonly config: CampaignConfig;
  /** Of its first lane, which answers for what is let in. */
  readonly hold: LaneHold;
}

/** Null when the scope is as it was when its outsiders were last judged. The execution and its lanes must be locked. */
export async function readWidened(tx: Tx, executionId: string): Promise<WidenedExecution | null> {
  const [row] = await tx.sql<(LaneHold & { config: CampaignConfig })[]>`
    select execution.config, lane.id as "laneId", lane.epoch, coalesce(lane.instance_id, lane.id) as "instanceId",
      execution.tenant_id as "tenantId", execution.campaign_id as "campaignId", execution.id as "executionId"
    from campaign_executions execution join execution_lanes lane on lane.execution_id = execution.id
    where execution.id = ${executionId} and execution.scope_version > execution.judged_version
    order by lane.lane_number limit 1`;
  if (row === undefined) return null;
  const { config, ...hold } = row;
  return { config, hold };
}

/** Outsiders in the order of their keys, after one of them; those that a followed link or a sitemap names. */
export async function listOutsiders(
  tx: Tx,
  executionId: string,
  { after, limit }: { readonly after: string | null; readonly limit: number },
): Promise<Outsider[]> {
  return tx.sql<Outsider[]>`
    select discovered_url as url, url_hash as "urlKey", host, source_url as "sourceUrl", discovery_method as method,
      coalesce(url_depth, 0) as depth
    from url_discovery_log
    where execution_id = ${executionId} and skip_reason = 'out_of_scope' and discovery_method in ('link', 'sitemap')
      and skip_rule not like ${`%${AND_NOFOLLOW}%`}
      ${after === null ? tx.sql`` : tx.sql`and url_hash > ${after}::uuid`}
    order by url_hash limit ${limit}`;
}

/** Puts outsiders on the frontier that the wider scope lets in, as far as their budgets go; returns how many. */
export async function admitOutsiders(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
): Promise<number> {
  const kept = (await keepTrapBudgets(tx, hold, discoveries)).filter(({ skip }) => skip === null);
  await lockLog(
    tx,
    hold.executionId,
    kept.map(({ urlKey }) => urlKey),
  );
  const allowed = await allowSkippedDiscoveries(tx, hold, kept);
  await tx.sql`update execution_lanes set skipped = skipped - ${allowed} where id = ${hold.laneId}`;
  return allowed;
}

/** From now on only a scope that is wider still has its outsiders judged again. */
export async function markJudged(tx: Tx, executionId: string): Promise<void> {
  await tx.sql`update campaign_executions set judged_version = scope_version where id = ${executionId}`;
}
