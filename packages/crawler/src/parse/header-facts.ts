import { cleanText, shortText, truncate } from './clean-text.js';
import { parseLinkHeader } from './link-header.js';
import { linkTypeOf } from './link-relation.js';
import type { PageDraft } from './page-draft.js';
import { parseRefresh } from './refresh.js';
import { parseRobotsHeader } from './robots-directives.js';

/** Longest header value that is read, in characters. */
const MAX_HEADER = 65_536;

/** Records what response headers say about the page: Link, X-Robots-Tag and Refresh. */
export function readHeaders(draft: PageDraft, headers: readonly (readonly [string, string])[]): void {
  for (const [name, rawValue] of headers) {
    switch (name.toLowerCase()) {
      case 'link':
        readLinks(draft, cleanText(truncate(rawValue, MAX_HEADER)));
        break;
      case 'x-robots-tag':
        for (const statement of parseRobotsHeader(rawValue)) draft.addRobots(statement);
        break;
      case 'content-language':
        draft.contentLanguage ??= shortText(cleanText(truncate(rawValue, 128)), 128);
        break;
      case 'refresh': {
        const refresh = parseRefresh(cleanText(truncate(rawValue, MAX_HEADER)));
        if (refresh === null) break;
        draft.setRefresh('header', refresh.delaySeconds, refresh.href);
        draft.addLink({ type: 'redirect', href: refresh.href, position: 'content' });
        break;
      }
      default:
    }
  }
  draft.endHeaders();
}

function readLinks(draft: PageDraft, value: string): void {
  for (const { href, rel, hreflang } of parseLinkHeader(value)) {
    const type = linkTypeOf(rel, hreflang);
    draft.addLink({ type, href, position: 'content', rel: rel.join(' ') });
    if (type === 'canonical') draft.addCanonical(href, 'header', true);
    if (type === 'hreflang' && hreflang !== null) draft.addHreflang(hreflang, href, 'header', true);
  }
}
