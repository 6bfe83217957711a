import type { CarriedPage, PageLinkRecord } from '@outrider/db';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import type { PageContent, RefreshReference } from '../parse/page-content.js';
import type { PageLink } from '../parse/page-link.js';
import type { RobotsStatement } from '../parse/robots-directives.js';

/** What an unchanged page says, as far as a crawl goes on from it. */
export type CarriedContent = Pick<PageContent, 'indexing' | 'links'>;

/**
 * Reads an earlier record back; null for what was not HTML. The record was written by our own parser, perhaps of
 * another version, and may leave out what is empty.
 */
export function carriedContent({ page, links }: CarriedPage): CarriedContent | null {
  if (page === null) return null;
  const { indexing = {} } = page as { readonly indexing?: Partial<PageContent['indexing']> };
  const { robots = [], canonicals = [], hreflangs = [], refresh = null } = indexing;
  return {
    indexing: {
      robots: robots.map(robotsStatement),
      canonicals,
      hreflangs,
      refresh: carriedRefresh(refresh),
    },
    links: links.map(pageLink),
  };
}

function robotsStatement(statement: Partial<RobotsStatement>): RobotsStatement {
  return { source: 'meta', agent: '*', directives: [], ...statement };
}

function carriedRefresh(refresh: Partial<RefreshReference> | null): RefreshReference | null {
  return refresh === null
    ? null
    : { source: 'meta', delaySeconds: 0, rawHref: '', targetUrl: null, problem: null, ...refresh };
}

/**
 * The headers of a page that answered 304: those stored with it, replaced name by name by what the new answer
 * says (RFC 9111, section 3.2), which need not repeat what describes the page.
 */
export function freshenedHeaders(
  stored: CarriedPage['headers'],
  answered: FetchResponse['headers'],
): FetchResponse['headers'] {
  const renewed = new Set(answered.map(([name]) => name));
  return [...stored.filter(([name]) => !renewed.has(name)), ...answered];
}

function pageLink({ linkType, rel, anchorText, ...link }: PageLinkRecord): PageLink {
  return { ...link, type: linkType, rel: rel?.split(' ') ?? [], anchorText: anchorText ?? '' };
}
