import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { allowSkippedDiscoveries, REASONS_OF_THE_WAY } from './allow-skipped-discoveries.js';
import { foundRows } from './found-rows.js';
import { lockLog } from './lock-log.js';
import { isBarredOutsider, isMereOutsider, nameOutsiders } from './name-outsiders.js';
import { raiseSitemapDiscoveries } from './raise-sitemap-discoveries.js';
import type { Discovery } from './settlement.js';
import { standInForSeeds } from './stand-in-for-seeds.js';

export interface DiscoveryCounts {
  /** URLs this execution had not seen before. */
  readonly discovered: number;
  /** Of those, the ones that are not to be crawled. */
  readonly skipped: number;
  /** URLs it had skipped, and crawls after all. */
  readonly allowed: number;
}

interface CountRow {
  discovered: number;
  skipped: number;
  /** Keys of URLs that this batch would have crawled and that the log may hold as skipped, or that a seed redirects to. */
  known: string[];
  /** Of links and of redirects of seeds, those to URLs that only a sitemap may have named. */
  unlinked: string[];
  /** Keys of URLs outside the scope that so far perhaps only a nofollow link or a redirect had led to. */
  outside: string[];
}

const NOTHING: CountRow = { discovered: 0, skipped: 0, known: [], unlinked: [], outside: [] };

/**
 * Logs each URL that the execution had not seen before, and puts those to be crawled on the frontier.
 * The first to name a URL decides its row; of what comes later only a link that allows what an earlier
 * one could not (see allowSkippedDiscoveries), or that would in a wider scope (see nameOutsiders), and the
 * redirect of a seed (see standInForSeeds) change it. Rows go in by key order, so that two lanes that
 * found the same pages wait for each other instead of locking each other out; then all lines that are to be changed are
 * locked, `alsoChanged` (keys of URLs) for the caller among them.
 */
export async function insertDiscoveries(
  tx: Tx,
  hold: LaneHold,
  discoveries: readonly Discovery[],
  alsoChanged: readonly string[] = [],
): Promise<DiscoveryCounts> {
  const distinct = distinctByKey(discoveries);
  const counts = distinct.length === 0 ? NOTHING : await insertNew(tx, hold, distinct);
  const { discovered, skipped, known, unlinked, outside } = counts;
  await lockLog(tx, hold.executionId, [...known, ...unlinked, ...outside, ...alsoChanged]);
  return { discovered, skipped, allowed: await reviseEarlier(tx, hold, distinct, counts) };
}

/** Inserts what is not in the log yet, and tells what of the rest may have to be revised. */
async function insertNew(tx: Tx, hold: LaneHold, distinct: readonly Discovery[]): Promise<CountRow> {
  const [counts] = await tx.sql<CountRow[]>`
    with found as materialized (
      select * from ${foundRows(tx, distinct)}
    ), logged as (
      insert into url_discovery_log (execution_id, tenant_id, campaign_id, url_hash, discovered_url, host, source_url,
        discovery_method, url_depth, is_internal, should_crawl, skip_reason, skip_rule, priority_score)
      select ${hold.executionId}, ${hold.tenantId}, ${hold.campaignId}, url_key, url, host, source_url,
        method, ${clickDepth(tx)}, is_internal, skip_reason is null, skip_reason, skip_rule, priority
      from found order by url_key
      on conflict (execution_id, url_hash) do nothing
      returning url_hash, should_crawl
    ), repeated as materialized (
      select url_key, method, skip_reason, is_seed from found
      where (skip_reason is null or skip_reason in ('not_in_sitemap', 'out_of_scope')) and not exists (select from logged where logged.url_hash = found.url_key)
    ), earlier as materialized (
      -- What another lane has committed since this statement began is not seen: url_hash is null, and anything may stand there.
      select repeated.*, line.* from repeated left join lateral (
        -- The limit keeps the planner from reading the whole log to join it.
        select log.url_hash, log.url_depth, log.skip_reason as earlier_reason, ${isBarredOutsider(tx)} as is_barred
        from url_discovery_log log where log.execution_id = ${hold.executionId} and log.url_hash = repeated.url_key limit 1
      ) line on true
    ), queued as (
      insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority, redirect_hops, is_seed)
      select ${hold.executionId}, ${hold.tenantId}, url_key, url, host, depth, priority, redirect_hops::jsonb, is_seed
      from found join logged on logged.url_hash = found.url_key and logged.should_crawl
      order by url_key
      on conflict (execution_id, url_key) do nothing
    )
    select count(*)::float8 as discovered, (count(*) filter (where not should_crawl))::float8 as skipped,
      array(select url_key::text from earlier where skip_reason is null
        and (is_seed or url_hash is null or earlier_reason = any(${[...REASONS_OF_THE_WAY]}::text[]))) as known,
      array(select url_key::text from earlier
        where (method = 'link' or is_seed) and url_depth is null and skip_reason is distinct from 'out_of_scope') as unlinked,
      array(select url_key::text from earlier where skip_reason = 'out_of_scope' and (url_hash is null or is_barred)) as outside
    from logged`;
  if (counts === undefined) throw new Error('a count has a row');
  return counts;
}

/** What these discoveries change about lines of the log that were there before. Returns how many of those are crawled after all. */
async function reviseEarlier(
  tx: Tx,
  hold: LaneHold,
  found: readonly Discovery[],
  { known, unlinked, outside }: CountRow,
): Promise<number> {
  const among = (keys: readonly string[]): Discovery[] => {
    const wanted = new Set(keys);
    return found.filter(({ urlKey }) => wanted.has(urlKey));
  };
  const again = among(known);
  await raiseSitemapDiscoveries(tx, hold, among(unlinked));
  await standInForSeeds(
    tx,
    hold,
    again.filter(({ isSeed }) => isSeed),
  );
  const allowed = await allowSkippedDiscoveries(tx, hold, again);
  await nameOutsiders(tx, hold, among(outside).filter(isMereOutsider));
  return allowed;
}

/**
 * Clicks that lead to a URL of `found`: null for one that only a sitemap names, and for where such a one
 * redirects to.
 */
function clickDepth(tx: Tx) {
  return tx.sql`
    case when method = 'sitemap' or (method = 'redirect' and depth = 0 and not is_seed and skip_reason is null)
      then null else depth end`;
}

/**
 * Within a batch a decision to crawl beats one to skip (of two links to a URL one may be nofollow), one that a wider
 * scope would let in beats one that it would not, and of two of a kind the one closer to a seed decides.
 */
function distinctByKey(discoveries: readonly Discovery[]): Discovery[] {
  const byKey = new Map<string, Discovery>();
  for (const found of discoveries) {
    const earlier = byKey.get(found.urlKey);
    if (earlier === undefined || decides(found, earlier)) byKey.set(found.urlKey, found);
  }
  return [...byKey.values()];
}

function decides(found: Discovery, earlier: Discovery): boolean {
  if ((found.skip === null) !== (earlier.skip === null)) return found.skip === null;
  if (isMereOutsider(found) !== isMereOutsider(earlier)) return isMereOutsider(found);
  if (found.depth !== earlier.depth) return found.depth < earlier.depth;
  return found.isSeed && !earlier.isSeed;
}
