import { getTableColumns } from 'drizzle-orm';
import { columnLiteral } from '../connect/array-literal.js';
import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { crawlLinks } from '../schema/links.js';
import type { FetchedPage } from './settlement.js';

/** A page that has not changed, and the execution whose record of it stands. */
export interface CarriedResult {
  readonly urlKey: string;
  readonly page: FetchedPage;
  readonly from: string;
}

/** All that a link says, without where it is recorded: whatever columns the table comes to have. */
const LINK_COLUMNS = Object.values(getTableColumns(crawlLinks))
  .map(({ name }) => name)
  .filter((name) => name !== 'execution_id');

/**
 * Records pages that have not changed since an earlier execution: a copy of the earlier row with what this
 * fetch was like written over it, and a copy of its links, in two statements for the whole batch. The
 * earlier rows must be there (see withoutLostPages).
 */
export async function carryPages(tx: Tx, hold: LaneHold, pages: readonly CarriedResult[]): Promise<void> {
  if (pages.length === 0) return;
  const keys = columnLiteral(pages, ({ urlKey }) => urlKey);
  const sources = columnLiteral(pages, ({ from }) => from);
  await Promise.all([
    tx.sql`
      insert into crawl_results
      select result.*
      from unnest(${keys}::uuid[], ${sources}::uuid[],
          ${columnLiteral(pages, (carried) => JSON.stringify(written(hold, carried)))}::text[]::jsonb[])
        as fresh (url_key, source, written)
      join crawl_results earlier on earlier.execution_id = fresh.source and earlier.url_key = fresh.url_key
      cross join lateral jsonb_populate_record(earlier, fresh.written ||
        jsonb_build_object('response', coalesce(earlier.response, '{}') || (fresh.written -> 'response'))) as result`,
    tx.sql`
      insert into crawl_links (execution_id, ${linkColumns(tx, '')})
      select ${hold.executionId}::uuid, ${linkColumns(tx, 'earlier.')}
      from unnest(${keys}::uuid[], ${sources}::uuid[]) as fresh (url_key, source)
      join crawl_links earlier on earlier.execution_id = fresh.source and earlier.source_key = fresh.url_key`,
  ]);
}

/** The names one by one: the driver takes a list of them after `insert` for a list of values. */
function linkColumns(tx: Tx, prefix: string) {
  return LINK_COLUMNS.map((name) => tx.sql`${tx.sql(prefix + name)}`).reduce(
    (list, name) => tx.sql`${list}, ${name}`,
  );
}

/** What the new fetch decides, in column names. */
function written({ executionId }: LaneHold, { page }: CarriedResult): Record<string, unknown> {
  return {
    execution_id: executionId,
    depth: page.depth,
    attempt: page.attempt,
    status_code: page.statusCode,
    fetched_at: page.fetchedAt.toISOString(),
    ttfb_ms: page.ttfbMs,
    total_ms: page.totalMs,
    wire_bytes: page.wireBytes,
    response: JSON.parse(page.response) as unknown,
  };
}
