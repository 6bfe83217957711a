import {
  type Campaign,
  type CampaignConfig,
  campaignConfig,
  type ExecutionState,
  OutriderError,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Place, Slice } from '../cursors/slice.js';
import { isoTime, isoTimeOrNull } from '../times/iso-time.js';

/** Which campaigns to list. */
export interface CampaignFilter {
  readonly limit: number;
  readonly after: Place | null;
  readonly status?: 'active' | 'archived' | undefined;
  /** Whatever the case. */
  readonly nameContains?: string | undefined;
  readonly rowsLookedAt?: number | undefined;
}

interface CampaignRow {
  id: string;
  name: string;
  status: 'active' | 'archived';
  config: unknown;
  config_revision: number;
  seed_count: number;
  executions_total: number;
  pages_crawled: number;
  errors_encountered: number;
  urls_discovered: number;
  last_activity_at: Date | null;
  last_id: string | null;
  last_number: number | null;
  last_status: ExecutionState | null;
  last_created_at: Date | null;
  created_at: Date;
  updated_at: Date;
}

function campaignColumns(tx: Tx) {
  return tx.sql`
    campaign.id, campaign.name, campaign.status, campaign.config, campaign.config_revision,
    campaign.created_at, campaign.updated_at,
    campaign.seed_count,
    coalesce(metrics.executions_total, 0) as executions_total,
    coalesce(metrics.pages_crawled, 0) as pages_crawled,
    coalesce(metrics.errors_encountered, 0) as errors_encountered,
    coalesce(metrics.urls_discovered, 0) as urls_discovered,
    metrics.last_activity_at,
    last.id as last_id, last.number as last_number, last.status as last_status, last.created_at as last_created_at`;
}

/**
 * The last execution by its number, which a single index has: by id the planner may read the executions of all campaigns
 * backwards until it meets one of this, which has none.
 */
function campaignJoins(tx: Tx) {
  return tx.sql`
    left join campaign_metrics metrics on metrics.campaign_id = campaign.id
    left join lateral (
      select id, number, status, created_at from campaign_executions execution
      where execution.campaign_id = campaign.id order by number desc limit 1
    ) last on true`;
}

/** One campaign. Throws `not_found`. */
export async function readCampaign(tx: Tx, campaignId: string): Promise<Campaign> {
  const [row] = await tx.sql<CampaignRow[]>`
    select ${campaignColumns(tx)} from crawler_campaigns campaign ${campaignJoins(tx)}
    where campaign.id = ${campaignId}`;
  if (row === undefined) throw new OutriderError('not_found', 'There is no such campaign.');
  return toCampaign(row);
}

/**
 * Campaigns of the tenant, newest first. A slice may hold fewer than were asked for and yet not be the last, see
 * `scanSlice`.
 */
export function listCampaigns(tx: Tx, filter: CampaignFilter): Promise<Slice<Campaign>> {
  const { limit, after, status, nameContains, rowsLookedAt } = filter;
  return scanSlice<CampaignRow, Pick<CampaignRow, 'id'>, Campaign>(tx, {
    // Of the tenant by row-level security, and by saying so in the order of the index for it.
    candidates: tx.sql`
      select * from crawler_campaigns
      ${after === null ? tx.sql`` : tx.sql`where id < ${after[0] ?? ''}::uuid`} order by tenant_id, id desc`,
    as: tx.sql`campaign`,
    columns: campaignColumns(tx),
    joins: campaignJoins(tx),
    filter: tx.sql`
      ${status === undefined ? tx.sql`` : tx.sql`and campaign.status = ${status}`}
      ${nameContains === undefined ? tx.sql`` : tx.sql`and strpos(lower(campaign.name), lower(${nameContains})) > 0`}`,
    order: tx.sql`campaign.tenant_id, campaign.id desc`,
    place: tx.sql`campaign.id`,
    limit,
    present: toCampaign,
    placeOf: (row) => [row.id],
    rowsLookedAt,
  });
}

/** Throws `not_found` unless the tenant has this campaign. */
export async function assertCampaignExists(tx: Tx, campaignId: string): Promise<void> {
  const rows = await tx.sql`select 1 from crawler_campaigns where id = ${campaignId}`;
  if (rows.length === 0) throw new OutriderError('not_found', 'There is no such campaign.');
}

function toCampaign(row: CampaignRow): Campaign {
  return {
    id: row.id,
    name: row.name,
    status: row.status,
    configRevision: row.config_revision,
    config: storedConfig(row.config),
    seedCount: row.seed_count,
    metrics: {
      executionsTotal: row.executions_total,
      pagesCrawled: row.pages_crawled,
      errorsEncountered: row.errors_encountered,
      urlsDiscovered: row.urls_discovered,
      lastActivityAt: isoTimeOrNull(row.last_activity_at),
    },
    lastExecution: lastExecutionOf(row),
    createdAt: isoTime(row.created_at),
    updatedAt: isoTime(row.updated_at),
  };
}

function lastExecutionOf(row: CampaignRow): Campaign['lastExecution'] {
  const { last_id: id, last_number: number, last_status: status, last_created_at: createdAt } = row;
  if (id === null || number === null || status === null || createdAt === null) return null;
  return { id, number, status, createdAt: isoTime(createdAt) };
}

/** A stored configuration with the defaults of fields that came later. */
function storedConfig(stored: unknown): CampaignConfig {
  return campaignConfig.parse(stored);
}
