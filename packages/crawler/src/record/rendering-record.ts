import type { LinkOrigin } from '@outrider/shared';
import type { RenderedPage, Rendering } from '../browser/page-renderer.js';
import type { PageContent } from '../parse/page-content.js';
import type { PageLink } from '../parse/page-link.js';

/** A page's content for the record, and beside it what rendering changed. */
export interface RecordedContent {
  readonly content: PageContent | null;
  /** Null for a page that was not to be rendered. */
  readonly rendering: Readonly<Record<string, unknown>> | null;
}

/** What a search engine judges a page by, and so what is compared. */
function comparedFields(content: PageContent) {
  const { head, headings, indexing, text, links } = content;
  return {
    title: head.titles.items[0]?.text ?? null,
    description: head.descriptions.items[0]?.text ?? null,
    h1: headings.h1s.items[0]?.text ?? null,
    canonical: indexing.canonicals.find((one) => one.inHead)?.targetUrl ?? null,
    robots: robotsText(content),
    wordCount: text.wordCount,
    linkCount: links.filter((link) => link.type === 'hyperlink').length,
  };
}

function robotsText({ indexing }: PageContent): string | null {
  const stated = indexing.robots.filter(({ source }) => source === 'meta');
  return stated.length === 0 ? null : JSON.stringify(stated);
}

/**
 * Lays a rendered page beside the HTML it came from. The record is the rendered page's, with every link of
 * both and the character set of the HTML; where a field differs, both values are kept. A page that could not be rendered is recorded as its
 * HTML says, with the reason.
 */
export function recordRendering(raw: PageContent | null, rendering: Rendering | null): RecordedContent {
  if (raw === null || rendering === null) return { content: raw, rendering: null };
  if (rendering.kind === 'not_rendered') {
    const { code, message } = rendering;
    return { content: raw, rendering: { rendered: false, failure: { code, message } } };
  }
  const links = mergeLinks(raw.links, rendering.content.links);
  return {
    content: { ...rendering.content, document: documentOf(raw, rendering.content), links },
    rendering: {
      rendered: true,
      ...factsOf(rendering),
      ...compare(raw, rendering.content),
      links: countOrigins(links),
    },
  };
}

/** What a browser hands over is in UTF-8, and its markup mended: how the document came is what its HTML says. */
function documentOf(raw: PageContent, rendered: PageContent): PageContent['document'] {
  const { charset, declaredCharset, headEndedEarlyBy } = raw.document;
  return { ...rendered.document, charset, declaredCharset, headEndedEarlyBy };
}

function factsOf(page: RenderedPage): Readonly<Record<string, unknown>> {
  const { kind: _kind, content: _content, screenshot: _screenshot, screenshotFailure, ...facts } = page;
  return screenshotFailure === null ? facts : { ...facts, screenshotFailure };
}

function compare(rawContent: PageContent, renderedContent: PageContent) {
  const before = comparedFields(rawContent);
  const after = comparedFields(renderedContent);
  const names = Object.keys(before) as (keyof typeof before)[];
  const fields = names.map((name) => [name, { html: before[name], rendered: after[name] }]);
  return {
    fields: Object.fromEntries(fields),
    differences: names.filter((name) => before[name] !== after[name]),
  };
}

/**
 * The links of the rendered page in their order, then those that only the HTML had. A link is the same when
 * its kind and target are; of repeats, each stands for one.
 */
export function mergeLinks(raw: readonly PageLink[], rendered: readonly PageLink[]): PageLink[] {
  const left = new Map<string, PageLink[]>();
  for (const link of raw) {
    const key = linkKey(link);
    const same = left.get(key);
    if (same === undefined) left.set(key, [link]);
    else same.push(link);
  }
  const merged: PageLink[] = rendered.map((link) => {
    const origin: LinkOrigin = left.get(linkKey(link))?.shift() === undefined ? 'rendered' : 'both';
    return { origin, ...link };
  });
  const gone = [...left.values()].flat().sort((a, b) => a.ordinal - b.ordinal);
  for (const link of gone) merged.push({ ...link, origin: 'html' });
  return merged.map((link, ordinal) => ({ ...link, ordinal }));
}

function linkKey({ type, targetUrl, rawHref }: PageLink): string {
  return `${type} ${targetUrl ?? rawHref}`;
}

function countOrigins(links: readonly PageLink[]): Readonly<Record<LinkOrigin, number>> {
  const counts = { html: 0, rendered: 0, both: 0 };
  for (const { origin } of links) counts[origin ?? 'html'] += 1;
  return counts;
}
