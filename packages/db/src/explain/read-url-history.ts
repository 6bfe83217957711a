import type { CampaignError, DiscoveredUrl, DiscoveryMethod } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type DiscoveredRow, discoveredColumns, toDiscoveredUrl } from '../discovered/discovered-row.js';
import { type ErrorRow, errorColumns, toCampaignError } from '../errors/error-row.js';
import { isoTimeOrNull } from '../times/iso-time.js';

/** All that an execution knows of one URL. */
export interface UrlHistory {
  readonly discovery: DiscoveredUrl | null;
  /** A seed, or where one redirects to, which stands in for it. */
  readonly isSeed: boolean;
  /** How it was reached: a seed first, the URL itself last. */
  readonly path: readonly { readonly url: string; readonly discoveryMethod: DiscoveryMethod }[];
  readonly attempts: number;
  readonly failureCode: string | null;
  readonly statusCode: number | null;
  readonly fetchedAt: string | null;
  /** When it was decided on for good: fetched, or given up; null while it waits, and for what was never to be crawled. */
  readonly decidedAt: string | null;
  /** When its next attempt may start, where it waits for one; ISO 8601. */
  readonly notBefore: string | null;
  /** Newest first, at most 50. */
  readonly errors: readonly CampaignError[];
}

interface HistoryRow extends DiscoveredRow {
  attempt: number | null;
  is_seed: boolean | null;
  failure_code: string | null;
  not_before: Date | null;
  status_code: number | null;
  result_attempt: number | null;
  fetched_at: Date | null;
  settled_at: Date | null;
}

/** Clicks, redirects and canonicals from a seed at most: the deepest a campaign may go, and some more. */
const MAX_STEPS = 1_100;

/** Reads what became of a URL in an execution, and why. */
export async function readUrlHistory(tx: Tx, executionId: string, urlKey: string): Promise<UrlHistory> {
  const [row] = await tx.sql<HistoryRow[]>`
    select ${discoveredColumns(tx)}, target.attempt, target.is_seed, target.failure_code, target.settled_at,
      case when target.state = 'pending' and target.not_before > now() then target.not_before end as not_before,
      result.status_code, result.attempt as result_attempt, result.fetched_at
    from url_discovery_log log
    left join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash
    left join crawl_results result on result.execution_id = log.execution_id and result.url_key = log.url_hash
    where log.execution_id = ${executionId} and log.url_hash = ${urlKey}`;
  const errors = await tx.sql<ErrorRow[]>`
    select ${errorColumns(tx)} from campaign_errors
    where execution_id = ${executionId} and url_hash = ${urlKey} order by id desc limit 50`;
  return {
    discovery: row === undefined ? null : toDiscoveredUrl(row),
    isSeed: row?.is_seed === true || row?.discovery_method === 'seed',
    path: row === undefined ? [] : await readPath(tx, executionId, urlKey),
    attempts: row?.result_attempt ?? row?.attempt ?? 0,
    failureCode: row?.failure_code ?? null,
    statusCode: row?.status_code ?? null,
    fetchedAt: isoTimeOrNull(row?.fetched_at ?? null),
    decidedAt: isoTimeOrNull(row?.fetched_at ?? row?.settled_at ?? null),
    notBefore: isoTimeOrNull(row?.not_before ?? null),
    errors: errors.map(toCampaignError),
  };
}

/**
 * Climbs from a URL to the page that first named it, and on to a seed. The key of a URL is computed from
 * its text (see `urlKey`), so each step is one look-up by primary key: it is computed a step before it is
 * compared, since row-level security lets no index serve a condition that calls such functions. A page that became reachable by a
 * later link may stand above one that it named itself: no URL is climbed twice.
 */
async function readPath(
  tx: Tx,
  executionId: string,
  urlKey: string,
): Promise<{ url: string; discoveryMethod: DiscoveryMethod }[]> {
  const rows = await tx.sql<{ url: string; discoveryMethod: DiscoveryMethod }[]>`
    with recursive climb as (
      select discovered_url, discovery_method, ${sourceKey(tx)} as source_key, 1 as step, array[url_hash] as seen
      from url_discovery_log log where execution_id = ${executionId} and url_hash = ${urlKey}
      union all
      select log.discovered_url, log.discovery_method, ${sourceKey(tx)}, climb.step + 1, climb.seen || log.url_hash
      from climb join url_discovery_log log on log.execution_id = ${executionId} and log.url_hash = climb.source_key
      where climb.step < ${MAX_STEPS} and log.url_hash <> all(climb.seen)
    )
    select discovered_url as url, discovery_method as "discoveryMethod" from climb order by step desc`;
  return rows.map(({ url, discoveryMethod }) => ({ url, discoveryMethod }));
}

function sourceKey(tx: Tx) {
  return tx.sql`left(encode(sha256(convert_to(log.source_url, 'UTF8')), 'hex'), 32)::uuid`;
}
