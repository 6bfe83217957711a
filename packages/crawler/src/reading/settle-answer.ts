import type { Screenshot } from '@outrider/db';
import { encodePageLinks } from '@outrider/db/page-links';
import type { Rendering } from '../browser/page-renderer.js';
import type { PageContent } from '../parse/page-content.js';
import { blockedBy } from '../record/blocked-answer.js';
import { carriedContent, freshenedHeaders } from '../record/carried-content.js';
import { answerErrors } from '../record/crawl-errors.js';
import { type DiscoveryRules, discoverLinks } from '../record/link-discovery.js';
import { buildPageRecord } from '../record/page-record.js';
import { pageRedirect } from '../record/page-redirect.js';
import { renderErrors, renderedRedirect } from '../record/render-findings.js';
import { recordRendering } from '../record/rendering-record.js';
import { settle } from '../record/url-settlement.js';
import type { ParsedDocument } from './parsed-document.js';
import type { Answer, SettledAnswer } from './reading.js';
import { settleRedirect } from './settle-redirect.js';

/** Of a page that is carried over: its links are copied where they are. */
const NO_LINKS = encodePageLinks([]);

/** The document of an answer, once it was read. */
export interface ReadDocument {
  /** What the parser saw; null for what is not HTML. */
  readonly content: PageContent | null;
  /** Milliseconds that took. */
  readonly parseMs: number;
  /** What a browser saw; null for a page that was not to be rendered. */
  readonly seen: Rendering | null;
}

/** What was read of a document, or of none. */
export function readDocument(document: ParsedDocument | null, seen: Rendering | null = null): ReadDocument {
  return { content: document?.content ?? null, parseMs: document?.parseMs ?? 0, seen };
}

/**
 * What follows from an answer: the page's record, its links, a decision on each URL found, and what is wrong with it.
 * Of an unchanged page (304) the record is carried over, and the crawl goes on from its links as if they were read.
 */
export function settleAnswer(
  answer: Omit<Answer, 'document' | 'seen'>,
  document: ReadDocument,
  rules: DiscoveryRules,
): SettledAnswer {
  const start = performance.now();
  const { target, carried } = answer;
  const { seen } = document;
  const { content, rendering } = recordRendering(document.content, seen);
  const following = carried === null ? content : carriedContent(carried.page);
  const response =
    carried === null
      ? answer.response
      : { ...answer.response, headers: freshenedHeaders(carried.page.headers, answer.response.headers) };
  const blocked = blockedBy(response, content);
  const follow = (response.status >= 200 && response.status < 300) || carried !== null;
  const findings = discoverLinks(target, following, follow, rules);
  const identify = (url: string): string => rules.memory.identify(url).url;
  const leadsTo =
    renderedRedirect(target.url, seen, identify) ?? pageRedirect(target.url, response, following, identify);
  const redirect = settleRedirect(target, response, leadsTo, rules);
  const page = buildPageRecord({
    target,
    response,
    fetchedAt: answer.fetchedAt,
    content,
    rendering,
    redirect: redirect.url === null ? null : rules.memory.identify(redirect.url),
    redirectType: leadsTo?.type ?? null,
    internalLinks: findings.internalLinks,
    externalLinks: findings.externalLinks,
    uniqueInternalLinks: findings.uniqueInternalLinks,
    uniqueExternalLinks: findings.uniqueExternalLinks,
    nofollowLinks: findings.nofollowLinks,
    robotsToken: rules.config.politeness.robotsToken,
    identify,
    sniffedType: answer.sniffedType,
    blockedBy: blocked,
    carriedFrom: carried?.executionId ?? null,
  });
  const errors = answerErrors(target, response, {
    ...{ blocked, refusedType: answer.refusedType, isCarried: carried !== null },
  });
  const closed = follow ? rules.traps.closedBy(target.url, page, findings.discoveries) : null;
  const settlement = settle(
    target,
    {
      kind: 'fetched',
      page,
      links: carried === null ? findings.links : NO_LINKS,
      ...screenshotOf(seen),
    },
    {
      discoveries: [...findings.discoveries, ...redirect.discoveries],
      errors: [...errors, ...renderErrors(target, seen), ...redirect.errors],
      ...(closed === null ? {} : { closesPattern: closed }),
    },
  );
  const { scopeHost } = redirect;
  return {
    settlement,
    ...(scopeHost === null ? {} : { scopeHost: { host: scopeHost, seedUrl: target.url } }),
    readMs: document.parseMs + performance.now() - start,
  };
}

function screenshotOf(seen: Rendering | null): { readonly screenshot?: Screenshot } {
  return seen?.kind === 'rendered' && seen.screenshot !== null ? { screenshot: seen.screenshot } : {};
}
