import type { Tx } from '../connect/database.js';

/** What is kept of campaigns that say nothing of their own; 0 keeps all. */
export interface DefaultKeeping {
  readonly executions: number;
  readonly days: number;
}

/**
 * Removes at most `limit` ended executions that are past what their campaign wants kept, by number or by age, and
 * returns how many. Each goes from every list at once; its pages, links and errors are left to
 * `sweepExpired`. Which is older is told by their numbers: ids are made by processes whose clocks may differ. The newest ended execution of a campaign always stays, and so does whatever a live one
 * compares itself with or repeats. System role only.
 */
export async function expireExecutions(tx: Tx, keeping: DefaultKeeping, limit: number): Promise<number> {
  // What goes with the rows is a matter of the sweeper's: see the trigger of campaign_executions.
  await tx.sql`select set_config('app.expiring', 'on', true)`;
  const expired = await tx.sql`
    with policy as (
      select id as campaign_id,
        coalesce((config #>> '{history,keepExecutions}')::int, ${keeping.executions}) as keep_executions,
        coalesce((config #>> '{history,keepDays}')::int, ${keeping.days}) as keep_days
      from crawler_campaigns
    ), surplus as (
      select ended.id from policy
      cross join lateral (
        select id from campaign_executions
        where campaign_id = policy.campaign_id and completed_at is not null
          and number < (
            select number from campaign_executions
            where campaign_id = policy.campaign_id and completed_at is not null
            order by number desc offset greatest(policy.keep_executions, 1) - 1 limit 1)
        order by number limit ${limit}
      ) ended
      where policy.keep_executions > 0
    ), aged as (
      select ended.id from policy
      cross join lateral (
        select id from campaign_executions
        where campaign_id = policy.campaign_id
          and completed_at < clock_timestamp() - policy.keep_days * interval '1 day'
          and number < (
            select number from campaign_executions
            where campaign_id = policy.campaign_id and completed_at is not null order by number desc limit 1)
        order by number limit ${limit}
      ) ended
      where policy.keep_days > 0
    ), picked as (
      select execution.id from campaign_executions execution
      where execution.id in (select id from surplus union select id from aged)
        -- Its figures stay, so they are made first; one that cannot be analysed does not stay for ever.
        and (execution.analyzed_at is not null or execution.completed_at < clock_timestamp() - interval '1 hour')
        and not exists (
          select from campaign_executions live
          where live.campaign_id = execution.campaign_id and live.completed_at is null
            and (live.previous_execution_id = execution.id or live.repeats_execution_id = execution.id))
      order by execution.id limit ${limit}
      for update of execution skip locked
    ), removed as (
      delete from campaign_executions using picked where campaign_executions.id = picked.id
      returning campaign_executions.id, tenant_id, campaign_id
    )
    insert into expired_executions (execution_id, tenant_id, campaign_id) select id, tenant_id, campaign_id from removed`;
  return expired.count;
}

/** Where the records of an execution lie, each with the column that its index by execution goes on with. */
const RECORDS = [
  ['crawl_inlinks', 'target_key'],
  ['crawl_links', 'source_key'],
  ['crawl_results', 'url_key'],
  ['url_discovery_log', 'url_hash'],
  ['crawl_targets', 'url_key'],
  ['sitemap_urls', 'url_key'],
  ['page_screenshots', 'url_key'],
  ['sitemap_differences', 'last_url_key'],
  ['campaign_errors', 'id'],
] as const;
const LAST_KEY = 'ffffffff-ffff-ffff-ffff-ffffffffffff';

/**
 * Removes about `limit` rows of executions that have expired, oldest execution first, and returns how many; an
 * execution of which nothing is left is forgotten. Several sweepers take different executions. System role only.
 */
export async function sweepExpired(tx: Tx, limit: number): Promise<number> {
  const [expired] = await tx.sql<{ execution_id: string }[]>`
    select execution_id from expired_executions order by execution_id limit 1 for update skip locked`;
  if (expired === undefined) return 0;
  const executionId = expired.execution_id;
  let left = limit;
  for (const [table, key] of RECORDS) {
    // A range of the index, whose two ends are probes: what is removed costs, and not what is left.
    const removed = await tx.sql`
      delete from ${tx.sql(table)} where execution_id = ${executionId} and ${tx.sql(key)} <= coalesce((
        select ${tx.sql(key)} from ${tx.sql(table)} where execution_id = ${executionId}
        order by ${tx.sql(key)} offset ${left - 1} limit 1), ${LAST_KEY}::uuid)`;
    left -= removed.count;
    if (left <= 0) return limit;
  }
  await tx.sql`delete from expired_executions where execution_id = ${executionId}`;
  return Math.max(1, limit - left);
}

/** Removes evidence older than `keepDays`, at most `limit` rows of each kind; returns how many. System role only. */
export async function expireEvidence(tx: Tx, keepDays: number, limit: number): Promise<number> {
  const age = tx.sql`now() - ${keepDays} * interval '1 day'`;
  const losses = await tx.sql`
    delete from lane_losses where id in (select id from lane_losses where lost_at < ${age} limit ${limit})`;
  const urls = await tx.sql`
    delete from quarantined_urls where (execution_id, url_key) in (
      select execution_id, url_key from quarantined_urls where quarantined_at < ${age} limit ${limit})`;
  return losses.count + urls.count;
}
