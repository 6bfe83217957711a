import type { ClaimedTarget } from '@outrider/db';
import { hostOf, urlKey } from '@outrider/shared';
import type { PageContent } from '../parse/page-content.js';
import { createPageParser } from '../parse/page-parser.js';

/** A claimed URL, on its first attempt and free to start, except for the changes. */
export function claimedTarget(url: string, changes: Partial<ClaimedTarget> = {}): ClaimedTarget {
  return {
    url,
    urlKey: urlKey(url),
    host: hostOf(url),
    depth: 0,
    attempt: 1,
    isSeed: false,
    redirectHops: [],
    startInMs: 0,
    ...changes,
  };
}

/** What the parser makes of a document. */
export function parsePage(
  url: string,
  html: string,
  headers: readonly (readonly [string, string])[] = [],
): PageContent {
  const parser = createPageParser({ url, contentType: 'text/html; charset=utf-8', headers });
  parser.write(Buffer.from(html));
  return parser.end();
}
