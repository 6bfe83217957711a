import type { SitemapFile, SitemapFormat, SitemapSource, SitemapState } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Place, Slice } from '../cursors/slice.js';
import { isoTime, isoTimeOrNull } from '../times/iso-time.js';

/** Which files of an execution to list. */
export interface SitemapFilter {
  readonly executionId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly state?: SitemapState | undefined;
  readonly foundIn?: SitemapSource | undefined;
  readonly rowsLookedAt?: number | undefined;
}

interface SitemapRow {
  id: string;
  execution_id: string;
  url: string;
  url_key: string;
  host: string;
  parent_url: string | null;
  found_in: SitemapSource;
  depth: number;
  state: SitemapState;
  attempt: number;
  format: SitemapFormat | null;
  http_status_code: number | null;
  content_type: string | null;
  wire_bytes: number;
  decoded_bytes: number;
  entries: number;
  urls_in_scope: number;
  files_named: number;
  dropped: Record<string, number>;
  newest_lastmod: Date | null;
  error_code: string | null;
  error_message: string | null;
  created_at: Date;
  settled_at: Date | null;
  pinned_id: string | null;
}

/**
 * The sitemap files of an execution with what became of them, in the order in which they were found. A slice may hold
 * fewer than were asked for and yet not be the last, see `scanSlice`.
 */
export function listSitemaps(tx: Tx, filter: SitemapFilter): Promise<Slice<SitemapFile>> {
  const { executionId, limit, after, state, foundIn, rowsLookedAt } = filter;
  return scanSlice<SitemapRow, Pick<SitemapRow, 'id'>, SitemapFile>(tx, {
    candidates: tx.sql`
      select * from execution_sitemaps
      where execution_id = ${executionId} ${after === null ? tx.sql`` : tx.sql`and id > ${after[0] ?? ''}::uuid`}
      order by id`,
    as: tx.sql`file`,
    columns: tx.sql`file.*, parent.url as parent_url`,
    joins: tx.sql`left join execution_sitemaps parent on parent.id = file.parent_id`,
    filter: tx.sql`
      ${state === undefined ? tx.sql`` : tx.sql`and file.state = ${state}`}
      ${foundIn === undefined ? tx.sql`` : tx.sql`and file.found_in = ${foundIn}`}`,
    order: tx.sql`file.id`,
    place: tx.sql`file.id`,
    limit,
    present: toSitemapFile,
    placeOf: (row) => [row.id],
    rowsLookedAt,
  });
}

function toSitemapFile(row: SitemapRow): SitemapFile {
  return {
    executionId: row.execution_id,
    url: row.url,
    urlKey: row.url_key,
    host: row.host,
    parentUrl: row.parent_url,
    foundIn: row.found_in,
    depth: row.depth,
    state: row.state,
    attempts: row.attempt,
    format: row.format,
    httpStatusCode: row.http_status_code,
    contentType: row.content_type,
    wireBytes: row.wire_bytes,
    decodedBytes: row.decoded_bytes,
    entries: row.entries,
    urlsInScope: row.urls_in_scope,
    filesNamed: row.files_named,
    dropped: row.dropped,
    newestLastmod: isoTimeOrNull(row.newest_lastmod),
    errorCode: row.error_code,
    errorMessage: row.error_message,
    createdAt: isoTime(row.created_at),
    settledAt: isoTimeOrNull(row.settled_at),
    pinned: row.pinned_id !== null,
  };
}
