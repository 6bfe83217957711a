import type { ExecutionState, IndexabilityReason, PageVersion } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Place, Slice } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

/** Of which URL, in the executions of which campaign. */
export interface PageHistoryFilter {
  readonly campaignId: string;
  readonly urlKey: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly rowsLookedAt?: number | undefined;
}

interface VersionPlace {
  id: string;
}

interface VersionRow extends VersionPlace {
  number: number;
  status: ExecutionState;
  url_key: string;
  fetched_at: Date;
  status_code: number;
  title: string | null;
  total_ms: number;
  wire_bytes: number;
  indexable: boolean;
  indexability_reason: IndexabilityReason | null;
  content: string | null;
}

/** Each is a look-up by key in a partition of its own month. */
const EXECUTIONS_LOOKED_AT = 500;

/**
 * What a URL answered in the executions of a campaign, the newest first, and whether its text was that of the time before. A
 * slice may hold fewer than were asked for and yet not be the last, see `scanSlice`.
 */
export async function listPageHistory(tx: Tx, filter: PageHistoryFilter): Promise<Slice<PageVersion>> {
  const { campaignId, urlKey, limit, after, rowsLookedAt = EXECUTIONS_LOOKED_AT } = filter;
  // One more than is given out, to compare the last of them with.
  const { items: rows, next } = await scanSlice<VersionRow, VersionPlace, VersionRow>(tx, {
    candidates: tx.sql`
      select id, number, status from campaign_executions where campaign_id = ${campaignId}
        ${after === null ? tx.sql`` : tx.sql`and id < ${after[0] ?? ''}::uuid`} order by id desc`,
    as: tx.sql`execution`,
    columns: tx.sql`
      execution.id, execution.number, execution.status, result.url_key, result.fetched_at, result.status_code, result.title,
      result.total_ms::float8 as total_ms, result.wire_bytes, result.indexable, result.indexability_reason,
      encode(coalesce(result.text_hash, result.body_hash), 'hex') as content`,
    joins: tx.sql`left join crawl_results result on result.execution_id = execution.id and result.url_key = ${urlKey}`,
    filter: tx.sql`and result.url_key is not null`,
    order: tx.sql`execution.id desc`,
    place: tx.sql`execution.id`,
    limit: limit + 1,
    present: (row) => row,
    placeOf: ({ id }) => [id],
    rowsLookedAt,
  });
  const shown = rows.slice(0, limit);
  const versions = shown.map((row, place) => toVersion(row, rows[place + 1], next === null));
  const last = shown.at(-1);
  return { items: versions, next: rows.length > limit && last !== undefined ? [last.id] : next };
}

function toVersion(row: VersionRow, before: VersionRow | undefined, isEnd: boolean): PageVersion {
  return {
    executionId: row.id,
    executionNumber: row.number,
    executionStatus: row.status,
    urlKey: row.url_key,
    fetchedAt: isoTime(row.fetched_at),
    statusCode: row.status_code,
    title: row.title,
    totalMs: row.total_ms,
    wireBytes: row.wire_bytes,
    indexable: row.indexable,
    indexabilityReason: row.indexability_reason,
    content: contentOf(row, before, isEnd),
  };
}

function contentOf(row: VersionRow, before: VersionRow | undefined, isEnd: boolean): PageVersion['content'] {
  if (before === undefined) return isEnd ? 'first' : null;
  if (row.content === null || before.content === null) return null;
  return row.content === before.content ? 'same' : 'changed';
}
