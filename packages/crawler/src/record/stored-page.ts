import type { UrlIdentity } from '@outrider/shared';
import type { PageContent } from '../parse/page-content.js';
import { effectiveRobots } from '../parse/robots-directives.js';
import { checkHreflang } from './hreflang-check.js';
import { countResources } from './resource-counts.js';

/** Link counts of a page that have no column. */
export interface StoredLinkCounts {
  readonly uniqueInternal: number;
  readonly uniqueExternal: number;
  readonly nofollow: number;
}

/**
 * What is stored of a document beside the columns (docs/page-fields.md): its groups, without the links, which
 * have a table of their own, and without what a column holds. What is null, false, zero or empty is left
 * out: on most pages most of it is.
 */
export function storedPage(
  url: string,
  content: PageContent,
  robotsToken: string,
  linkCounts: StoredLinkCounts,
  identify: UrlIdentity,
): Readonly<Record<string, unknown>> {
  const { document, indexing, head, headings, text, relations } = content;
  const page = {
    document: { textRatio: textRatio(content), ...document, lang: null },
    indexing: {
      directives: [...effectiveRobots(indexing.robots, robotsToken)],
      hreflangCheck: checkHreflang(url, indexing.hreflangs, identify),
      ...indexing,
    },
    head,
    relations: Object.fromEntries(
      Object.entries(relations).map(([name, { targetUrl, rawHref }]) => [name, targetUrl ?? rawHref]),
    ),
    headings,
    text: {
      length: text.length,
      sentenceCount: text.sentenceCount,
      mainSource: text.main.source,
      mainWordCount: text.main.wordCount,
    },
    structuredData: content.structuredData,
    images: content.images,
    resources: countResources(url, content),
    linkCounts,
    linksTruncated: content.linksTruncated,
  };
  return withoutDefaults(page) ?? {};
}

/** Visible characters to all characters of the document, to a thousandth. */
function textRatio({ document, text }: PageContent): number {
  return document.length === 0 ? 0 : Math.round((text.length / document.length) * 1_000) / 1_000;
}

type Fields = Record<string, unknown>;

/** A copy without fields that are null, false, zero, or empty; null when nothing is left. Items of lists stay. */
function withoutDefaults(fields: Fields): Fields | null {
  const kept: Fields = {};
  let any = false;
  for (const name in fields) {
    const value = keptValue(fields[name]);
    if (value === null) continue;
    kept[name] = value;
    any = true;
  }
  return any ? kept : null;
}

function keptValue(value: unknown): unknown {
  if (value === null || value === undefined || value === false || value === 0 || value === '') return null;
  if (Array.isArray(value)) {
    if (value.length === 0) return null;
    return value.map((item: unknown) => (isFields(item) ? (withoutDefaults(item) ?? {}) : item));
  }
  return isFields(value) ? withoutDefaults(value) : value;
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
