import { OutriderError, type PageLink } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';

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

/** Links in the order of their source and of their place on it. Throws `not_found` for a URL nobody named. */
export async function listPageLinks(tx: Tx, filter: PageLinkFilter): Promise<Slice<PageLink>> {
  const { executionId, urlKey, direction, limit, after, linkType } = filter;
  await assertUrlKnown(tx, executionId, urlKey);
  const side =
    direction === 'out' ? tx.sql`link.source_key = ${urlKey}` : tx.sql`link.target_key = ${urlKey}`;
  const [sourceKey = '', ordinal = 0] = after ?? [];
  const place =
    after === null
      ? tx.sql``
      : tx.sql`and (link.source_key, link.ordinal) > (${sourceKey}::uuid, ${ordinal}::int)`;
  const rows = await tx.sql<PageLink[]>`
    select source.url as "sourceUrl", link.source_key as "sourceKey", link.target_url as "targetUrl",
      link.target_key as "targetKey", link.ordinal, link.raw_href as "rawHref", link.link_type as "linkType",
      link.is_internal as "isInternal", link.follow, link.rel, link.anchor_text as "anchorText",
      link.alt_text as "altText", link.position, link.path_type as "pathType", link.problem,
      target.status_code as "targetStatusCode"
    from crawl_links link
    join crawl_results source on source.execution_id = link.execution_id and source.url_key = link.source_key
    left join crawl_results target on target.execution_id = link.execution_id and target.url_key = link.target_key
    where link.execution_id = ${executionId} and ${side} ${place}
      ${linkType === undefined ? tx.sql`` : tx.sql`and link.link_type = ${linkType}`}
    order by link.source_key, link.ordinal limit ${limit + 1}`;
  return sliceOf(
    rows,
    limit,
    (link) => ({ ...link }),
    (link) => [link.sourceKey, link.ordinal],
  );
}

/** A URL is known by being discovered, or by a link of a kind that is not crawled (an image, a stylesheet). */
async function assertUrlKnown(tx: Tx, executionId: string, urlKey: string): Promise<void> {
  const [row] = await tx.sql<{ known: boolean }[]>`
    select exists (select from url_discovery_log where execution_id = ${executionId} and url_hash = ${urlKey})
      or exists (select from crawl_links where execution_id = ${executionId} and target_key = ${urlKey}) as known`;
  if (row?.known !== true) {
    throw new OutriderError('not_found', 'No URL with this key is known to this execution.');
  }
}
