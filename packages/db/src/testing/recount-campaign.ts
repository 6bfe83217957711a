import type { TestDatabase } from './test-database.js';

/** The live counters of a campaign, or a recount of them. */
export interface CampaignCounts {
  readonly executions: number;
  readonly pages: number;
  readonly errors: number;
  readonly discovered: number;
  readonly bytes: number;
}

/**
 * The counters of a campaign beside a recount from its rows, and for executions that have left the history from their
 * figures: by one statement, so at one moment, whatever is going on.
 */
export async function recountCampaign(
  db: TestDatabase,
  campaignId: string,
): Promise<{ counted: CampaignCounts; recounted: CampaignCounts }> {
  const [row] = await db.system.withSystem(
    (tx) => tx.sql<{ counted: CampaignCounts; recounted: CampaignCounts }[]>`
      with mine as (select id from campaign_executions where campaign_id = ${campaignId}),
      gone as (
        select count(*) as executions, coalesce(sum(pages_crawled), 0) as pages, coalesce(sum(errors_encountered), 0) as errors,
          coalesce(sum(urls_discovered), 0) as discovered, coalesce(sum(wire_bytes), 0) as bytes
        from campaign_analytics
        where campaign_id = ${campaignId} and period = 'execution' and period_key::uuid not in (select id from mine)
      ), result as (
        select count(*) as pages, count(*) filter (where status_code >= 400) as bad, coalesce(sum(wire_bytes), 0) as bytes
        from crawl_results where execution_id in (select id from mine)
      )
      select
        (select jsonb_build_object('executions', executions_total, 'pages', pages_crawled, 'errors', errors_encountered,
          'discovered', urls_discovered, 'bytes', wire_bytes) from campaign_metrics where campaign_id = ${campaignId}) as counted,
        (select jsonb_build_object(
          'executions', gone.executions + (select count(*) from mine),
          'pages', gone.pages + result.pages,
          'errors', gone.errors + result.bad + (
            select count(*) from crawl_targets where execution_id in (select id from mine) and state = 'failed'),
          'discovered', gone.discovered + (
            select count(*) from url_discovery_log where execution_id in (select id from mine)),
          'bytes', gone.bytes + result.bytes) from gone, result) as recounted`,
  );
  if (row === undefined) throw new Error(`campaign ${campaignId} is gone`);
  return row;
}
