import { addFigures, type CrawlFigures, crawlFigures, emptyFigures } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { countFigures } from './count-figures.js';

/** An ended execution whose figures are not made yet. */
export interface UnanalyzedExecution {
  readonly id: string;
  readonly tenantId: string;
  readonly campaignId: string;
  /** The day (UTC) on which it ended. */
  readonly endedOn: string;
}

/**
 * Takes an ended execution whose figures are not made yet, for the caller's transaction; null when there is none. One that
 * another orchestrator works on is passed over, and so are those of `except`. System role only.
 */
export async function takeUnanalyzedExecution(
  tx: Tx,
  except: readonly string[],
): Promise<UnanalyzedExecution | null> {
  const [execution] = await tx.sql<UnanalyzedExecution[]>`
    select id, tenant_id as "tenantId", campaign_id as "campaignId",
      to_char(completed_at at time zone 'UTC', 'YYYY-MM-DD') as "endedOn"
    from campaign_executions
    where completed_at is not null and analyzed_at is null and id <> all(${[...except]}::uuid[])
    order by id limit 1 for no key update skip locked`;
  return execution ?? null;
}

/**
 * Makes the rollup of an ended execution and adds it to those of the days on which it crawled. It must be taken: whoever
 * does this again, after a crash in its midst, finds nothing done, and once it is done nobody does it again.
 */
export async function storeAnalytics(tx: Tx, execution: UnanalyzedExecution): Promise<void> {
  const { days } = await countFigures(tx, execution.id, null);
  await lockRollup(tx, execution, 'execution', execution.id);
  await writeRollup(tx, execution, { period: 'execution', key: execution.id }, days.total(), 1);
  days.of(execution.endedOn);
  // Days in their order, so that two executions of a campaign wait for each other and not in a circle.
  for (const [day, figures] of days.entries()) {
    const known = await lockRollup(tx, execution, 'day', day);
    const ended = day === execution.endedOn ? 1 : 0;
    const sum = addFigures(known.figures, figures);
    await writeRollup(tx, execution, { period: 'day', key: day }, sum, known.executions + ended);
  }
  await tx.sql`update campaign_executions set analyzed_at = clock_timestamp() where id = ${execution.id}`;
}

type Period = 'execution' | 'day';

/** Locks a rollup, made empty if there was none, and returns what it holds. */
async function lockRollup(
  tx: Tx,
  { campaignId, tenantId }: UnanalyzedExecution,
  period: Period,
  key: string,
): Promise<{ figures: CrawlFigures; executions: number }> {
  await tx.sql`
    insert into campaign_analytics (campaign_id, period, period_key, tenant_id, executions)
    values (${campaignId}, ${period}, ${key}, ${tenantId}, 0)
    on conflict (campaign_id, period, period_key) do nothing`;
  const [row] = await tx.sql<{ summary: unknown; executions: number }[]>`
    select summary, executions from campaign_analytics
    where campaign_id = ${campaignId} and period = ${period} and period_key = ${key} for update`;
  return row === undefined
    ? { figures: emptyFigures(), executions: 0 }
    : { figures: crawlFigures.parse(row.summary), executions: row.executions };
}

async function writeRollup(
  tx: Tx,
  { campaignId }: UnanalyzedExecution,
  { period, key }: { readonly period: Period; readonly key: string },
  figures: CrawlFigures,
  executions: number,
): Promise<void> {
  const { count, sumMs } = figures.responseTimes;
  await tx.sql`
    update campaign_analytics
    set executions = ${executions}, pages_crawled = ${figures.pagesCrawled}, errors_encountered = ${figures.errorsEncountered},
      urls_discovered = ${figures.urlsDiscovered}, wire_bytes = ${figures.wireBytes},
      average_response_time_ms = ${count === 0 ? null : sumMs / count}, summary = ${JSON.stringify(figures)}::text::jsonb
    where campaign_id = ${campaignId} and period = ${period} and period_key = ${key}`;
}
