import type { CarriedPage, PageLinkRecord } from '@outrider/db';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import type { PageContent, RefreshReference } from '../parse/page-content.js';
import type { PageLink } from '../parse/page-link.js';
import type { RobotsStatement } from '../parse/robots-directives.js';
import { saysNoindex } from './indexability.js';
import { keptHeaders } from './response-record.js';

/** What an unchanged page says, as far as a crawl goes on from it. */
export type CarriedContent = Pick<PageContent, 'indexing' | 'links'>;

/**
 * Reads an earlier record back; null for what was not HTML. The record was written by our own parser, perhaps of
 * another version, and may leave out what is empty.
 */
export function carriedContent({ page, links }: Pick<CarriedPage, 'page' | 'links'>): CarriedContent | null {
  if (page === null) return null;
  return { indexing: carriedIndexing(page), links: links.map(pageLink) };
}

function carriedIndexing(page: NonNullable<CarriedPage['page']>): PageContent['indexing'] {
  const { indexing = {} } = page as { readonly indexing?: Partial<PageContent['indexing']> };
  const { robots = [], canonicals = [], hreflangs = [], refresh = null } = indexing;
  return { robots: robots.map(robotsStatement), canonicals, hreflangs, refresh: carriedRefresh(refresh) };
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

/** Headers that a page's record holds in columns and fields of their own, and not only as they were sent. */
const HEADERS_READ = ['x-robots-tag', 'link', 'refresh', 'content-language'];

/**
 * Whether the record of a page that answered 304 still says what is so: not when a header of the answer replaces one
 * that the record was read from, nor when an `unavailable_after` has passed since.
 */
export function isStillTrue(
  { page, headers, indexabilityReason }: CarriedPage,
  answered: FetchResponse['headers'],
  robotsToken: string,
  now: Date,
): boolean {
  const renewed = keptHeaders(answered).headers;
  if (HEADERS_READ.some((name) => isReplaced(name, headers, renewed))) return false;
  const content = page === null ? null : { indexing: carriedIndexing(page) };
  return indexabilityReason === 'noindex' || !saysNoindex(headers, content, robotsToken, now);
}

function isReplaced(name: string, stored: CarriedPage['headers'], answered: CarriedPage['headers']): boolean {
  const values = valuesOf(name, answered);
  return values.length > 0 && JSON.stringify(values) !== JSON.stringify(valuesOf(name, stored));
}

function valuesOf(name: string, headers: CarriedPage['headers']): string[] {
  return headers.filter(([one]) => one === name).map(([, value]) => value);
}

function pageLink({ linkType, rel, anchorText, ...link }: PageLinkRecord): PageLink {
  return { ...link, type: linkType, rel: rel?.split(' ') ?? [], anchorText: anchorText ?? '' };
}
