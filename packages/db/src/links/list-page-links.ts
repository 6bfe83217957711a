import { OutriderError, type PageLink } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { listInlinkSources } from './inlink-sources.js';
import type { PageLinkRecord } from './page-link-record.js';
import { decodePageLinks } from './page-links.js';

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
/** Pages read at once; one may have ten thousand links. */
const SOURCES_AT_ONCE = 64;
/**
 * Pages looked through for one request. A million pages link the first page of a site, and to look for a type
 * that hardly any of these links has would take minutes.
 */
const MOST_SOURCES = 256;

/**
 * Links in the order of their source and of their place on it. A slice may be short, or even empty, and still
 * have a next one: that is as far as one request looks. Throws `not_found` for a URL nobody named.
 */
export async function listPageLinks(tx: Tx, filter: PageLinkFilter): Promise<Slice<PageLink>> {
  await assertUrlKnown(tx, filter.executionId, filter.urlKey);
  const { links, next } = filter.direction === 'out' ? await outLinks(tx, filter) : await inLinks(tx, filter);
  const slice = sliceOf(
    links,
    filter.limit,
    (link) => link,
    (link) => [link.sourceKey, link.ordinal],
  );
  return { items: await present(tx, filter.executionId, slice.items), next: slice.next ?? next };
}

/** One link more than the limit, if there are as many; else those before `next`, where to go on looking. */
interface FoundLinks {
  readonly links: SourcedLink[];
  readonly next: Place | null;
}

async function outLinks(tx: Tx, filter: PageLinkFilter): Promise<FoundLinks> {
  const links = await readLinks(tx, filter.executionId, [filter.urlKey]);
  return { links: links.filter(wanted(filter)).slice(0, filter.limit + 1), next: null };
}

async function inLinks(tx: Tx, filter: PageLinkFilter): Promise<FoundLinks> {
  const { executionId, urlKey, limit, after } = filter;
  const isWanted = wanted(filter);
  const found: SourcedLink[] = [];
  let from = String(after?.[0] ?? FIRST_KEY);
  for (let looked = SOURCES_AT_ONCE; ; looked += SOURCES_AT_ONCE) {
    const sources = await listInlinkSources(tx, { executionId, urlKey, from, limit: SOURCES_AT_ONCE + 1 });
    const links = await readLinks(tx, executionId, sources.slice(0, SOURCES_AT_ONCE));
    found.push(...links.filter((link) => link.targetKey === urlKey && isWanted(link)));
    const next = sources[SOURCES_AT_ONCE];
    if (next === undefined || found.length > limit) return { links: found.slice(0, limit + 1), next: null };
    // Behind no link of the next page, so before all of them.
    if (looked >= MOST_SOURCES) return { links: found, next: [next, -1] };
    from = next;
  }
}

function wanted({ after, linkType }: PageLinkFilter): (link: SourcedLink) => boolean {
  const [sourceKey = '', ordinal = 0] = after ?? [];
  return (link) =>
    (linkType === undefined || link.linkType === linkType) &&
    (after === null ||
      link.sourceKey > sourceKey ||
      (link.sourceKey === sourceKey && link.ordinal > Number(ordinal)));
}

async function readLinks(tx: Tx, executionId: string, sources: readonly string[]): Promise<SourcedLink[]> {
  const pages = await tx.sql<{ source_key: string; target_keys: string[]; links: string }[]>`
    select source_key, target_keys, links from crawl_links
    where execution_id = ${executionId} and source_key = any(${sources}::uuid[]) order by source_key`;
  return pages.flatMap(({ source_key: sourceKey, target_keys: targetKeys, links }) =>
    decodePageLinks({ targetKeys, text: links }).map((link) => ({ ...link, sourceKey })),
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
    targetStatusCode: link.targetKey === null ? null : (byKey.get(link.targetKey)?.status_code ?? null),
  }));
}

/** A URL is known by being discovered, or by a link of a kind that is not crawled (an image, a stylesheet). */
async function assertUrlKnown(tx: Tx, executionId: string, urlKey: string): Promise<void> {
  const [row] = await tx.sql<{ discovered: boolean }[]>`
    select exists (select from url_discovery_log where execution_id = ${executionId} and url_hash = ${urlKey}) as discovered`;
  if (row?.discovered === true) return;
  const [source] = await listInlinkSources(tx, { executionId, urlKey, from: FIRST_KEY, limit: 1 });
  if (source === undefined) {
    throw new OutriderError('not_found', 'No URL with this key is known to this execution.');
  }
}
