import type { Tx } from '../connect/database.js';

/** What an ended execution adds to its campaign's history. */
export interface AnalyticsEntry {
  readonly pagesCrawled: number;
  readonly errorsEncountered: number;
  readonly urlsDiscovered: number;
  readonly wireBytes: number;
  readonly averageResponseMs: number | null;
  readonly summary: Readonly<Record<string, unknown>>;
}

/** Writes the rollup of an execution, and adds it to that of the day (UTC) on which it ended. Call it once per execution. */
export async function recordAnalytics(tx: Tx, executionId: string, entry: AnalyticsEntry): Promise<void> {
  const summary = JSON.stringify(entry.summary);
  await tx.sql`
    insert into campaign_analytics (campaign_id, period, period_key, tenant_id, pages_crawled, errors_encountered,
      urls_discovered, wire_bytes, average_response_time_ms, summary)
    select execution.campaign_id, period, period_key, execution.tenant_id, ${entry.pagesCrawled},
      ${entry.errorsEncountered}, ${entry.urlsDiscovered}, ${entry.wireBytes}, ${entry.averageResponseMs}, rollup.summary
    from campaign_executions execution, (values
      ('execution', ${executionId}::text, ${summary}::text::jsonb),
      ('day', to_char(now() at time zone 'UTC', 'YYYY-MM-DD'), '{"executions": 1}'::jsonb)
    ) as rollup (period, period_key, summary)
    where execution.id = ${executionId}
    on conflict (campaign_id, period, period_key) do update set
      pages_crawled = campaign_analytics.pages_crawled + excluded.pages_crawled,
      errors_encountered = campaign_analytics.errors_encountered + excluded.errors_encountered,
      urls_discovered = campaign_analytics.urls_discovered + excluded.urls_discovered,
      wire_bytes = campaign_analytics.wire_bytes + excluded.wire_bytes,
      -- The mean over all pages of the day, so each side counts as often as it has pages.
      average_response_time_ms = coalesce(
        (coalesce(campaign_analytics.average_response_time_ms, 0) * campaign_analytics.pages_crawled
          + coalesce(excluded.average_response_time_ms, 0) * excluded.pages_crawled)
        / nullif(campaign_analytics.pages_crawled + excluded.pages_crawled, 0),
        campaign_analytics.average_response_time_ms),
      summary = jsonb_build_object('executions', coalesce((campaign_analytics.summary ->> 'executions')::int, 0) + 1)`;
}
