import {
  type CampaignConfig,
  campaignConfig,
  hostOf,
  newId,
  type SkipReason,
  urlKey,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { insertExecution } from '../executions/insert-execution.js';
import { insertSeedsAsTargets } from '../executions/insert-seeds-as-targets.js';
import type { TestDatabase } from './test-database.js';

/** What a campaign may say of itself; the rest are defaults. */
type ConfigInput = Parameters<typeof campaignConfig.parse>[0];

/** Inserts a campaign of the test's tenant with its seeds, and returns its id. */
export async function plantCampaign(
  db: TestDatabase,
  { config = {}, seeds = [] }: { config?: ConfigInput; seeds?: readonly string[] } = {},
): Promise<string> {
  const campaignId = newId();
  await db.app.withTenant(db.tenantId, async ({ sql }) => {
    await sql`
      insert into crawler_campaigns (id, tenant_id, name, config)
      values (${campaignId}, ${db.tenantId}, 'planted', ${JSON.stringify(campaignConfig.parse(config))}::text::jsonb)`;
    await sql`insert into campaign_metrics (campaign_id, tenant_id) values (${campaignId}, ${db.tenantId})`;
    await sql`
      insert into campaign_seeds (id, tenant_id, campaign_id, url, url_key)
      select id, ${db.tenantId}, ${campaignId}, url, url_key
      from unnest(${seeds.map(() => newId())}::uuid[], ${[...seeds]}::text[], ${seeds.map(urlKey)}::uuid[])
        as seed (id, url, url_key)`;
  });
  return campaignId;
}

export interface PlantedExecution {
  readonly executionId: string;
  readonly campaignId: string;
  readonly laneIds: readonly string[];
}

/** Inserts a queued execution with these URLs as its seeds, without its first event. */
export async function plantExecution(
  db: TestDatabase,
  {
    config = {},
    seeds = [],
    campaignId,
  }: { config?: ConfigInput; seeds?: readonly string[]; campaignId?: string } = {},
): Promise<PlantedExecution> {
  const campaign = campaignId ?? (await plantCampaign(db, { config, seeds }));
  const executionId = newId();
  const pinned: CampaignConfig = campaignConfig.parse(config);
  const laneIds = await db.app.withTenant(db.tenantId, async (tx) => {
    const ids = { executionId, tenantId: db.tenantId, campaignId: campaign };
    const queued = await insertExecution(tx, {
      ...ids,
      executionType: 'manual',
      config: pinned,
      configRevision: 1,
      scopeHosts: [...new Set(seeds.map(hostOf))],
      seedsDiscovered: seeds.length,
      seedsSkipped: 0,
      triggeredBy: 'a test',
      triggerReason: null,
    });
    const planned = seeds.map((url) => ({ url, urlKey: urlKey(url), host: hostOf(url), skip: null }));
    await insertSeedsAsTargets(tx, ids, planned);
    return queued.laneIds;
  });
  return { executionId, campaignId: campaign, laneIds };
}

/** What became of a planted URL. */
export type Outcome =
  | { readonly fetched: number }
  | { readonly failed: string }
  | { readonly skipped: SkipReason }
  | { readonly leasedBy: string; readonly epoch: number };

/** Settles or leases a pending URL as a lane would, with its result, its log line and the counters of the first lane. */
export async function settleUrl(tx: Tx, executionId: string, url: string, outcome: Outcome): Promise<void> {
  const { sql } = tx;
  const key = urlKey(url);
  const of = sql`execution_id = ${executionId} and url_key = ${key}`;
  const lane = sql`execution_id = ${executionId} and lane_number = 1`;
  if ('leasedBy' in outcome) {
    await sql`update crawl_targets set state = 'leased', lane_id = ${outcome.leasedBy}, lane_epoch = ${outcome.epoch},
      attempt = attempt + 1 where ${of}`;
    await sql`update execution_lanes set in_flight = in_flight + 1 where id = ${outcome.leasedBy}`;
    return;
  }
  await sql`update execution_lanes set in_flight = in_flight - 1
    where id = (select lane_id from crawl_targets where ${of} and state = 'leased')`;
  if ('fetched' in outcome) {
    const bad = outcome.fetched >= 400 ? 1 : 0;
    await sql`update crawl_targets set state = 'fetched', lane_id = null, lane_epoch = null, settled_at = now() where ${of}`;
    await sql`
      insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, fetched_at,
        total_ms, wire_bytes, indexable, response)
      select ${executionId}, ${key}, tenant_id, campaign_id, ${url}, ${hostOf(url)}, 0, ${outcome.fetched}, now(),
        12.5, 1000, true, '{}' from campaign_executions where id = ${executionId}`;
    await sql`update execution_lanes set fetched = fetched + 1, errors = errors + ${bad} where ${lane}`;
  } else if ('failed' in outcome) {
    await sql`update crawl_targets set state = 'failed', lane_id = null, lane_epoch = null, settled_at = now(), failure_code = ${outcome.failed} where ${of}`;
    await sql`update execution_lanes set failed = failed + 1, errors = errors + 1 where ${lane}`;
  } else {
    await sql`update crawl_targets set state = 'skipped', lane_id = null, lane_epoch = null, settled_at = now() where ${of}`;
    await sql`update url_discovery_log set should_crawl = false, skip_reason = ${outcome.skipped}, skip_rule = 'planted'
      where execution_id = ${executionId} and url_hash = ${key}`;
    await sql`update execution_lanes set skipped = skipped + 1 where ${lane}`;
  }
}
