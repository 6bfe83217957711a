import type { SitemapFormat } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { SitemapUrl } from './commit-sitemap-urls.js';
import type { SitemapOutcome } from './settle-sitemap.js';

/** What an earlier execution found in a sitemap file. */
export interface PinnedSitemap {
  readonly outcome: Pick<
    SitemapOutcome,
    'state' | 'format' | 'httpStatusCode' | 'contentType' | 'decodedBytes' | 'entries' | 'dropped' | 'error'
  >;
  /** The pages that it named, normalised, in the order in which they were found. At most as many as a file may have. */
  readonly entries: readonly PinnedEntry[];
}

export interface PinnedEntry extends Pick<SitemapUrl, 'lastmod' | 'changefreq' | 'priority' | 'alternates'> {
  readonly loc: string;
}

interface FileRow {
  execution_id: string;
  state: 'read' | 'failed';
  format: SitemapFormat | null;
  http_status_code: number | null;
  content_type: string | null;
  decoded_bytes: number;
  entries: number;
  dropped: Record<string, number>;
  error_code: string | null;
  error_message: string | null;
}

/** Reads a file as the execution that is repeated read it. Null when its records are gone. */
export async function readPinnedSitemap(tx: Tx, pinnedId: string): Promise<PinnedSitemap | null> {
  const [file] = await tx.sql<FileRow[]>`
    select execution_id, state, format, http_status_code, content_type, decoded_bytes, entries, dropped, error_code, error_message
    from execution_sitemaps where id = ${pinnedId}`;
  if (file === undefined) return null;
  const rows = await tx.sql<
    (Omit<PinnedEntry, 'alternates'> & { alternates: PinnedEntry['alternates'] | null })[]
  >`
    select log.discovered_url as loc, named.lastmod, named.changefreq, named.priority::float8 as priority, named.alternates
    from sitemap_urls named
    join url_discovery_log log on log.execution_id = named.execution_id and log.url_hash = named.url_key
    left join crawl_targets target on target.execution_id = named.execution_id and target.url_key = named.url_key
    where named.execution_id = ${file.execution_id} and named.sitemap_id = ${pinnedId}
    order by target.discovery_order nulls last, named.url_key`;
  return {
    outcome: outcomeOf(file),
    entries: rows.map((row) => ({ ...row, alternates: row.alternates ?? [] })),
  };
}

function outcomeOf(file: FileRow): PinnedSitemap['outcome'] {
  const { error_code: code, error_message: message } = file;
  return {
    state: file.state,
    format: file.format,
    httpStatusCode: file.http_status_code,
    contentType: file.content_type,
    decodedBytes: file.decoded_bytes,
    entries: file.entries,
    dropped: file.dropped,
    error: code === null ? null : { code, message: message ?? code },
  };
}
