import type { ClaimedTarget, FetchedPage } from '@outrider/db';
import { narrowJson } from '@outrider/db/narrow-json';
import { toStorableJson } from '@outrider/db/storable-text';
import type { RedirectType, UrlIdentity } from '@outrider/shared';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import { truncate } from '../parse/clean-text.js';
import type { PageContent } from '../parse/page-content.js';
import type { BlockedBy } from './blocked-answer.js';
import { judgeIndexability } from './indexability.js';
import { responseRecord } from './response-record.js';
import { soft404Score } from './soft-404.js';
import { storedPage } from './stored-page.js';
import { DESCRIPTION_FONT_PX, TITLE_FONT_PX, textWidth } from './text-width.js';
import type { KnownUrl } from './url-memory.js';

export interface PageFacts {
  readonly target: ClaimedTarget;
  readonly response: FetchResponse;
  /** When the answer was complete. */
  readonly fetchedAt: Date;
  /** Null for what is not HTML. */
  readonly content: PageContent | null;
  readonly redirect: KnownUrl | null;
  readonly redirectType: RedirectType | null;
  readonly sniffedType: string | null;
  readonly blockedBy: BlockedBy | null;
  /** The execution whose record of an unchanged page is carried over. */
  readonly carriedFrom: string | null;
  readonly internalLinks: number;
  readonly externalLinks: number;
  readonly uniqueInternalLinks: number;
  readonly uniqueExternalLinks: number;
  readonly nofollowLinks: number;
  /** What a browser saw of it; null for a page that was not to be rendered. */
  readonly rendering: Readonly<Record<string, unknown>> | null;
  /** Product token whose robots directives count besides those for every agent. */
  readonly robotsToken: string;
  readonly identify: UrlIdentity;
}

/** Characters kept of a Content-Type: enough for any that means something. */
const MAX_CONTENT_TYPE = 255;

/** One row of crawl_results from what the fetch and the parser saw. */
export function buildPageRecord(facts: PageFacts): FetchedPage {
  const { target, response, content } = facts;
  const canonical = content?.indexing.canonicals.find((one) => one.inHead && one.targetUrl !== null) ?? null;
  const indexability = judgeIndexability(
    target.url,
    response.status,
    response.headers,
    content,
    facts.robotsToken,
    facts.fetchedAt,
    facts.identify,
  );
  const title = content?.head.titles.items[0] ?? null;
  const description = content?.head.descriptions.items[0] ?? null;
  const h1 = content?.headings.h1s.items[0]?.text ?? null;
  return {
    url: target.url,
    host: target.host,
    // Where nothing but a sitemap leads to: seeds are the others at 0, and where they redirect to.
    depth: target.depth === 0 && !target.isSeed ? null : target.depth,
    attempt: target.attempt,
    statusCode: response.status,
    contentType: response.contentType === null ? null : truncate(response.contentType, MAX_CONTENT_TYPE),
    isHtml: content !== null,
    fetchedAt: facts.fetchedAt,
    ttfbMs: response.timings.ttfbMs,
    totalMs: response.timings.totalMs,
    wireBytes: response.wireBytes,
    decodedBytes: response.decodedBytes,
    redirectUrl: facts.redirect?.url ?? null,
    redirectKey: facts.redirect?.key ?? null,
    title: title?.text ?? null,
    titleLength: title?.length ?? null,
    titlePixels: title === null ? null : textWidth(title.text, TITLE_FONT_PX),
    description: description?.text ?? null,
    descriptionLength: description?.length ?? null,
    descriptionPixels: description === null ? null : textWidth(description.text, DESCRIPTION_FONT_PX),
    h1,
    canonicalUrl: canonical?.targetUrl ?? null,
    indexable: indexability === null,
    indexabilityReason: indexability,
    language: content?.document.lang ?? null,
    wordCount: content?.text.wordCount ?? null,
    internalLinks: facts.internalLinks,
    externalLinks: facts.externalLinks,
    bodyHash: response.bodySha256,
    textHash: content?.text.contentHash ?? null,
    mainTextHash: content?.text.main.hash ?? null,
    simhash: content?.text.main.simhash ?? null,
    soft404Score:
      content === null
        ? null
        : soft404Score({
            status: response.status,
            title: title?.text ?? null,
            h1,
            wordCount: content.text.main.wordCount,
            textSaysNotFound: content.text.main.saysNotFound,
          }),
    response: narrowJson(responseRecord(facts)),
    page:
      content === null
        ? null
        : narrowJson(
            storedPage(
              target.url,
              content,
              facts.robotsToken,
              {
                uniqueInternal: facts.uniqueInternalLinks,
                uniqueExternal: facts.uniqueExternalLinks,
                nofollow: facts.nofollowLinks,
              },
              facts.identify,
            ),
          ),
    ...(facts.carriedFrom === null ? {} : { carriedFrom: facts.carriedFrom }),
    // Scripts write what they like to the console, also what no text in the database can hold.
    rendering: facts.rendering === null ? null : narrowJson(toStorableJson(facts.rendering)),
  };
}
