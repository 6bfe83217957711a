import { hostOf, type LinkScope, OutriderError, type PageLink, registrableDomain } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { decodeLinksTo, decodePageLinks } from './decode-page-links.js';
import { listInlinkSources } from './inlink-sources.js';
import type { PageLinkRecord } from './page-link-record.js';

/** Which links of a page to list. */
export interface PageLinkFilter {
  readonly executionId: string;
  readonly urlKey: string;
  /** `out`: those on the page. `in`: those that lead to it. */
  readonly direction: 'in' | 'out';
  readonly limit: number;
  readonly after: Place | null;
  readonly linkType?: string | undefined;
}

interface SourcedLink extends PageLinkRecord {
  readonly sourceKey: string;
}

const FIRST_KEY = '00000000-0000-0000-0000-000000000000';
/** As the place of a link on a page: none of its links has been given out. */
const BEFORE_ALL = -1;
/** Pages read at once; one may have ten thousand links. */
const SOURCES_AT_ONCE = 64;
/** Pages looked at for one answer, or as many as links are asked for: the home page is named by every page. */
const SOURCES_PER_ANSWER = 128;

/**
 * Links in the order of their source and of their place on it. A slice may hold fewer than were asked for, or none,
 * and yet not be the last: a kind of link that few pages have is not searched in all of them at once. Throws
 * `not_found` for a URL nobody named.
 */
export async function listPageLinks(tx: Tx, filter: PageLinkFilter): Promise<Slice<PageLink>> {
  const { items, next } = filter.direction === 'out' ? await outLinks(tx, filter) : await inLinks(tx, filter);
  // A URL with links is known, and so is one that may have some behind the cursor.
  if (items.length === 0 && next === null) await assertUrlKnown(tx, filter.executionId, filter.urlKey);
  return { items: await present(tx, filter.executionId, items), next };
}

async function outLinks(tx: Tx, filter: PageLinkFilter): Promise<Slice<SourcedLink>> {
  const links = await readOutLinks(tx, filter.executionId, filter.urlKey);
  return sliceOfLinks(links.filter(wanted(filter)), filter.limit);
}

function sliceOfLinks(found: readonly SourcedLink[], limit: number): Slice<SourcedLink> {
  return sliceOf(
    found,
    limit,
    (link) => link,
    (link) => [link.sourceKey, link.ordinal],
  );
}

async function inLinks(tx: Tx, filter: PageLinkFilter): Promise<Slice<SourcedLink>> {
  const { executionId, urlKey, limit, after, linkType } = filter;
  const isWanted = wanted(filter);
  const atOnce = sourcesAtOnce(filter);
  const found: SourcedLink[] = [];
  let from = String(after?.[0] ?? FIRST_KEY);
  for (let looked = atOnce; ; looked += atOnce) {
    const sources = await listInlinkSources(tx, { executionId, urlKey, from, limit: atOnce });
    const { keys, nextFrom } = sources;
    const links = await readLinksTo(tx, executionId, { urlKey, sources: keys });
    found.push(...links.filter(isWanted));
    if (nextFrom === null || found.length > limit) return sliceOfLinks(found, limit);
    // Searching pages once, for a kind of link or in vain, is enough for one answer.
    const isEnough = keys.length < atOnce || (sources.isSearched && linkType !== undefined);
    if (isEnough || looked >= Math.max(SOURCES_PER_ANSWER, limit + 1)) {
      return { items: found, next: [nextFrom, BEFORE_ALL] };
    }
    from = nextFrom;
  }
}

/** Each source has a link at least, so that without a filter one more than asked for is enough, and one that was given out. */
function sourcesAtOnce({ limit, linkType }: PageLinkFilter): number {
  return linkType === undefined ? Math.min(SOURCES_AT_ONCE, limit + 2) : SOURCES_AT_ONCE;
}

function wanted({ after, linkType }: PageLinkFilter): (link: SourcedLink) => boolean {
  const [sourceKey = '', ordinal = 0] = after ?? [];
  return (link) =>
    (linkType === undefined || link.linkType === linkType) &&
    (after === null ||
      link.sourceKey > sourceKey ||
      (link.sourceKey === sourceKey && link.ordinal > Number(ordinal)));
}

async function readOutLinks(tx: Tx, executionId: string, sourceKey: string): Promise<SourcedLink[]> {
  const pages = await tx.sql<{ target_keys: string[]; links: string }[]>`
    select target_keys, links from crawl_links where execution_id = ${executionId} and source_key = ${sourceKey}`;
  return pages.flatMap(({ target_keys: targetKeys, links }) =>
    decodePageLinks({ targetKeys, text: links }).map((link) => ({ sourceKey, ...link })),
  );
}

/** The links of some pages to one URL, in the order of the pages. */
async function readLinksTo(
  tx: Tx,
  executionId: string,
  { urlKey, sources }: { readonly urlKey: string; readonly sources: readonly string[] },
): Promise<SourcedLink[]> {
  if (sources.length === 0) return [];
  const pages = await tx.sql<{ source_key: string; place: number | null; links: string }[]>`
    select source_key, array_position(target_keys, ${urlKey}::uuid) - 1 as place, links from crawl_links
    where execution_id = ${executionId} and source_key = any(${sources}::uuid[]) order by source_key`;
  return pages.flatMap(({ source_key: sourceKey, place, links }) =>
    place === null
      ? []
      : decodeLinksTo({ targetKey: urlKey, place, text: links }).map((link) => ({ sourceKey, ...link })),
  );
}

/** Adds the sources' URLs and the answers of the targets that were fetched. */
async function present(tx: Tx, executionId: string, links: readonly SourcedLink[]): Promise<PageLink[]> {
  const keys = new Set(links.flatMap(({ sourceKey, targetKey }) => [sourceKey, targetKey ?? sourceKey]));
  const pages = await tx.sql<{ url_key: string; url: string; status_code: number }[]>`
    select url_key, url, status_code from crawl_results
    where execution_id = ${executionId} and url_key = any(${[...keys]}::uuid[])`;
  const byKey = new Map(pages.map((page) => [page.url_key, page]));
  return links.map(({ sourceKey, ...link }) => ({
    ...link,
    sourceKey,
    sourceUrl: byKey.get(sourceKey)?.url ?? '',
    scope: scopeOf(link, byKey.get(sourceKey)?.url ?? ''),
    targetStatusCode: link.targetKey === null ? null : (byKey.get(link.targetKey)?.status_code ?? null),
  }));
}

function scopeOf({ isInternal, targetUrl }: PageLinkRecord, sourceUrl: string): LinkScope | null {
  if (targetUrl === null) return null;
  if (isInternal) return 'internal';
  const [own, other] = [sourceUrl, targetUrl].map((url) => registrableDomain(hostOf(url)));
  return own === other ? 'subdomain' : 'external';
}

/** A URL is known by being discovered, or by a link of a kind that is not crawled (an image, a stylesheet). */
async function assertUrlKnown(tx: Tx, executionId: string, urlKey: string): Promise<void> {
  const [row] = await tx.sql<{ discovered: boolean }[]>`
    select exists (select from url_discovery_log where execution_id = ${executionId} and url_hash = ${urlKey}) as discovered`;
  if (row?.discovered === true) return;
  const { keys, nextFrom } = await listInlinkSources(tx, { executionId, urlKey, from: FIRST_KEY, limit: 1 });
  // With more pages to search it may be known: its list goes on, and may end without a link.
  if (keys.length === 0 && nextFrom === null) {
    throw new OutriderError('not_found', 'No URL with this key is known to this execution.');
  }
}
