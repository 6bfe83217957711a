import type { LinkType } from '@outrider/shared';
import { codePointLength, collapseWhitespace, shortText, truncate } from './clean-text.js';
import { MAX_ATTRIBUTE } from './html-tokenizer.js';
import { relTokens } from './link-header.js';
import { type DraftLink, LinkList } from './link-list.js';
import { createLinkResolver, type LinkResolver, type LinkTarget, schemeOf } from './link-resolver.js';
import type {
  CanonicalReference,
  CappedList,
  HreflangReference,
  MetaPair,
  PageRelation,
  PageText,
  RefreshReference,
} from './page-content.js';
import type { LinkPosition, PageLink, ResolvedReference } from './page-link.js';
import type { RobotsStatement } from './robots-directives.js';
import { StructuredDataCollector } from './structured-data.js';

type Writable<T> = { -readonly [K in keyof T]: T[K] };

const MAX_HREF = 2_083;
const MAX_DATA_URL = 128;
const MAX_TEXT = 1_024;
const MAX_ANCHOR_TEXT = 512;
const MAX_LIST = 200;
const MAX_OUTLINE = 500;

/** A list that counts on beyond its limit. */
class DraftList<T> implements CappedList<T> {
  readonly items: T[] = [];
  count = 0;

  add(item: T): void {
    this.count++;
    if (this.items.length < MAX_LIST) this.items.push(item);
  }
}

/** How a link is written in a page, before it is resolved. */
export interface LinkSource {
  readonly type: LinkType;
  readonly href: string;
  readonly position: LinkPosition;
  readonly rel?: string | null;
  readonly altText?: string | null;
}

/** The record of a page while it is being read. References stay as written until `resolve`. */
export class PageDraft {
  readonly #links: LinkList;
  readonly titles = new DraftList<PageText>();
  readonly descriptions = new DraftList<PageText>();
  readonly h1s = new DraftList<PageText>();
  readonly h2s = new DraftList<PageText>();
  readonly robots: RobotsStatement[] = [];
  readonly canonicals: Writable<CanonicalReference>[] = [];
  readonly hreflangs: Writable<HreflangReference>[] = [];
  readonly openGraph: MetaPair[] = [];
  readonly twitter: MetaPair[] = [];
  refresh: Writable<RefreshReference> | null = null;
  lang: string | null = null;
  generator: string | null = null;
  viewport: string | null = null;
  baseUrl: string | null = null;
  imageCount = 0;
  missingAlt = 0;
  emptyAlt = 0;
  missingDimensions = 0;
  fontPreloads = 0;
  inlineScripts = 0;
  doctype: string | null = null;
  declaredCharset: string | null = null;
  contentLanguage: string | null = null;
  headEndedEarlyBy: string | null = null;
  /** Levels of the headings in document order, a digit each. */
  outline = '';
  readonly relations: Partial<Record<PageRelation, Writable<ResolvedReference>>> = {};
  readonly structured = new StructuredDataCollector();
  /** References from response headers stand first in each list; they resolve against the page's own URL. */
  #fromHeaders = { links: 0, canonicals: 0, hreflangs: 0 };
  readonly #url: string;

  constructor(url: string, maxLinks: number) {
    this.#url = url;
    this.#links = new LinkList(maxLinks);
  }

  /** Records a link; null when the page has more than are kept. */
  addLink(source: LinkSource): DraftLink | null {
    const rel = relTokens(source.rel ?? '');
    const link: DraftLink = {
      ordinal: this.#links.nextOrdinal,
      type: source.type,
      rawHref: withoutData(source.href),
      targetUrl: null,
      problem: null,
      rel,
      follow: !(rel.length > 0 && isNofollow(rel)),
      anchorText: '',
      altText: source.altText == null ? null : shortText(source.altText, MAX_ANCHOR_TEXT),
      position: source.position,
      pathType: 'relative',
    };
    return this.#links.add(link) ? link : null;
  }

  addCanonical(href: string, source: 'html' | 'header', inHead: boolean): void {
    if (this.canonicals.length >= MAX_LIST) return;
    this.canonicals.push({ source, inHead, ...reference(href) });
  }

  addHreflang(code: string, href: string, source: 'html' | 'header', inHead: boolean): void {
    if (this.hreflangs.length >= MAX_LIST * 5) return;
    this.hreflangs.push({ code: shortText(code, 64).toLowerCase(), source, inHead, ...reference(href) });
  }

  addRobots(statement: RobotsStatement, inHead = true): void {
    if (this.robots.length < MAX_LIST)
      this.robots.push(inHead ? statement : { outsideHead: true, ...statement });
  }

  setRefresh(source: 'meta' | 'header', delaySeconds: number, href: string): void {
    this.refresh ??= { source, delaySeconds, ...reference(href) };
  }

  /** Takes the relations that a page has one of: the first counts, and only `icon` outside the head. */
  offerRelation(type: LinkType, href: string, inHead: boolean): void {
    if (!isPageRelation(type) || (!inHead && type !== 'icon')) return;
    this.relations[type] ??= reference(href);
  }

  /** Takes a declaration that stands before everything else; of several doctypes the first counts. */
  offerDoctype(declaration: string): void {
    const match = /^!?doctype/i.exec(declaration);
    if (match !== null) this.doctype ??= shortText(declaration.slice(match[0].length), 256).toLowerCase();
  }

  /** Notes a heading for the outline. */
  noteHeading(level: number): void {
    if (this.outline.length < MAX_OUTLINE) this.outline += level;
  }

  /** Takes a `base` element's address when it is the first valid http(s) one. */
  offerBase(href: string | null): void {
    if (href !== null) this.baseUrl ??= createLinkResolver(this.#url)(href).targetUrl;
  }

  /** Marks that all response headers have been read. */
  endHeaders(): void {
    this.#fromHeaders = {
      links: this.#links.nextOrdinal,
      canonicals: this.canonicals.length,
      hreflangs: this.hreflangs.length,
    };
  }

  /**
   * Resolves every reference: those of the document against its base, which may stand behind them, as a
   * browser does when a link is followed. Returns the links that are kept.
   */
  resolve(): { links: readonly PageLink[]; truncated: number } {
    const own = createLinkResolver(this.#url);
    const document = this.baseUrl === null ? own : createLinkResolver(this.baseUrl);
    const links = this.#links.inOrder();
    for (const link of links) {
      const { pathType } = settle(link, link.ordinal < this.#fromHeaders.links ? own : document);
      link.pathType = pathType;
    }
    resolveAll(this.canonicals, this.#fromHeaders.canonicals, own, document);
    resolveAll(this.hreflangs, this.#fromHeaders.hreflangs, own, document);
    for (const relation of Object.values(this.relations)) settle(relation, document);
    if (this.refresh !== null) settle(this.refresh, this.refresh.source === 'header' ? own : document);
    return { links, truncated: this.#links.truncated };
  }
}

/** A text made ready for the record: collapsed, cut, with its whole length. */
export function pageText(raw: string, inHead: boolean): PageText {
  const collapsed = collapseWhitespace(raw);
  return { text: truncate(collapsed, MAX_TEXT), length: codePointLength(collapsed), inHead };
}

function reference(href: string): Writable<ResolvedReference> {
  return { rawHref: withoutData(href), targetUrl: null, problem: null };
}

/** Inline data is no address: enough of it is kept to tell what it is. */
function withoutData(href: string): string {
  const long = href.length > MAX_DATA_URL && schemeOf(href) === 'data';
  return long ? truncate(href, MAX_DATA_URL) : href;
}

function isPageRelation(type: LinkType): type is PageRelation {
  return type === 'icon' || type === 'amphtml' || type === 'next' || type === 'prev';
}

function isNofollow(rel: readonly string[]): boolean {
  return rel.includes('nofollow') || rel.includes('ugc') || rel.includes('sponsored');
}

function resolveAll(
  references: readonly Writable<ResolvedReference>[],
  fromHeaders: number,
  own: LinkResolver,
  document: LinkResolver,
): void {
  for (const [index, item] of references.entries()) settle(item, index < fromHeaders ? own : document);
}

function settle(item: Writable<ResolvedReference>, resolver: LinkResolver): LinkTarget {
  const href = item.rawHref;
  const target = resolver(href);
  item.targetUrl = target.targetUrl;
  item.problem = target.problem;
  // A value cut at the attribute limit must not pass for a shorter address; a cut fragment does no harm.
  if (href.length >= MAX_ATTRIBUTE - 1 && item.targetUrl !== null && !href.includes('#')) {
    item.targetUrl = null;
    item.problem = 'url_too_long';
  }
  item.rawHref = truncate(href, MAX_HREF);
  return target;
}
