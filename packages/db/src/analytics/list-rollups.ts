import {
  addFigures,
  type CampaignRollup,
  type CrawlFigures,
  crawlFigures,
  emptyFigures,
  presentFigures,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

/** Which rollups of a campaign to list. */
export interface RollupFilter {
  readonly campaignId: string;
  readonly by: 'day' | 'execution';
  readonly limit: number;
  readonly after: Place | null;
  /** First and last day (UTC, `2026-01-31`): of the days themselves, or on which executions were started. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
}

interface RollupRow {
  period_key: string;
  executions: number;
  summary: unknown;
  updated_at: Date;
}

/**
 * Rollups of a campaign, newest first, in the order of the table's key. By execution also of those that have left the
 * history: their figures stay.
 */
export async function listRollups(tx: Tx, filter: RollupFilter): Promise<Slice<CampaignRollup>> {
  const { campaignId, by, limit, after, from, to } = filter;
  const rows = await tx.sql<RollupRow[]>`
    select period_key, executions, summary, updated_at from campaign_analytics
    where campaign_id = ${campaignId} and period = ${by}
      ${after === null ? tx.sql`` : tx.sql`and period_key < ${String(after[0] ?? '')}`}
      ${from === undefined ? tx.sql`` : tx.sql`and period_key >= ${keyOf(tx, by, from, 0)}`}
      ${to === undefined ? tx.sql`` : tx.sql`and period_key < ${keyOf(tx, by, to, 1)}`}
    order by period_key desc limit ${limit + 1}`;
  return sliceOf(
    rows,
    limit,
    (row) => ({
      period: by,
      day: by === 'day' ? row.period_key : null,
      executionId: by === 'execution' ? row.period_key : null,
      executions: row.executions,
      updatedAt: isoTime(row.updated_at),
      figures: presentFigures(crawlFigures.parse(row.summary)),
    }),
    (row) => [row.period_key],
  );
}

/** The least key of a rollup on a day, or so many days later. Ids of executions begin with the time they were made. */
function keyOf(tx: Tx, by: RollupFilter['by'], day: string, daysLater: number) {
  const date = tx.sql`(${day}::date + ${daysLater}::int)`;
  return by === 'day'
    ? tx.sql`to_char(${date}, 'YYYY-MM-DD')`
    : tx.sql`uuid_v7_floor(${date}::timestamp at time zone 'UTC')::text`;
}

/** The figures of a campaign over some days (UTC, both included), and how many executions ended in them. */
export async function sumDays(
  tx: Tx,
  { campaignId, from, to }: { readonly campaignId: string; readonly from: string; readonly to: string },
): Promise<{ figures: CrawlFigures; executions: number }> {
  const rows = await tx.sql<Pick<RollupRow, 'executions' | 'summary'>[]>`
    select executions, summary from campaign_analytics
    where campaign_id = ${campaignId} and period = 'day' and period_key between ${from} and ${to}`;
  return rows.reduce(
    (sum, row) => ({
      figures: addFigures(sum.figures, crawlFigures.parse(row.summary)),
      executions: sum.executions + row.executions,
    }),
    { figures: emptyFigures(), executions: 0 },
  );
}
