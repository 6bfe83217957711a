import { OutriderError, type PageDetail, securityHeaders, urlParts } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type DiscoveredRow, discoveredColumns, toDiscoveredUrl } from '../discovered/discovered-row.js';
import { countInlinkSources } from '../links/inlink-sources.js';
import { listSitemapMentions } from '../sitemaps/list-sitemap-mentions.js';
import { type PageRow, pageColumns, toPage } from './page-row.js';
import { readRedirects } from './read-redirects.js';
import { readScreenshotFacts } from './read-screenshot.js';

interface DetailRow extends PageRow {
  body_hash: string | null;
  text_hash: string | null;
  queue_wait_ms: number | null;
  main_text_hash: string | null;
  simhash: string | null;
  response: Record<string, unknown>;
  page: Record<string, unknown> | null;
  rendering: Record<string, unknown> | null;
}

/** All that was recorded of a fetched URL. Throws `not_found`. */
export async function readPage(tx: Tx, executionId: string, urlKey: string): Promise<PageDetail> {
  const [row] = await tx.sql<DetailRow[]>`
    select ${pageColumns(tx)}, encode(body_hash, 'hex') as body_hash, encode(text_hash, 'hex') as text_hash,
      encode(main_text_hash, 'hex') as main_text_hash, lpad(to_hex(simhash), 16, '0') as simhash, response, page, rendering,
      (select greatest(0, extract(epoch from fetched_at - log.discovered_at) * 1000 - total_ms)::float8
        from url_discovery_log log where log.execution_id = ${executionId} and log.url_hash = ${urlKey}) as queue_wait_ms
    from crawl_results where execution_id = ${executionId} and url_key = ${urlKey}`;
  if (row === undefined) {
    throw new OutriderError('not_found', 'No URL with this key was fetched in this execution.');
  }
  return {
    ...toPage(row),
    bodyHash: row.body_hash,
    textHash: row.text_hash,
    mainTextHash: row.main_text_hash,
    simhash: row.simhash,
    identity: urlParts(row.url),
    security: securityHeaders(headersOf(row.response)),
    redirects: await readRedirects(tx, executionId, urlKey),
    discovery: await readDiscovery(tx, executionId, urlKey),
    sitemaps: await listSitemapMentions(tx, executionId, urlKey),
    inlinks: await countInlinkSources(tx, executionId, urlKey),
    queueWaitMs: row.queue_wait_ms,
    response: row.response,
    page: row.page,
    rendering: row.rendering,
    screenshot: await readScreenshotFacts(tx, executionId, urlKey),
  };
}

async function readDiscovery(tx: Tx, executionId: string, urlKey: string): Promise<PageDetail['discovery']> {
  const [row] = await tx.sql<DiscoveredRow[]>`
    select ${discoveredColumns(tx)}
    from url_discovery_log log
    left join crawl_targets target on target.execution_id = log.execution_id and target.url_key = log.url_hash
    where log.execution_id = ${executionId} and log.url_hash = ${urlKey}`;
  return row === undefined ? null : toDiscoveredUrl(row);
}

/** The headers as the crawl recorded them: pairs of a lower-case name and a value. */
function headersOf(response: Record<string, unknown>): [string, string][] {
  const { headers } = response;
  if (!Array.isArray(headers)) return [];
  return headers.flatMap((pair: unknown): [string, string][] =>
    Array.isArray(pair) && typeof pair[0] === 'string' && typeof pair[1] === 'string'
      ? [[pair[0], pair[1]]]
      : [],
  );
}
