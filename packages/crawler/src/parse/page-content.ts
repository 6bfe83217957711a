import type { PageCharset } from './charset.js';
import type { PageLink, ResolvedReference } from './page-link.js';
import type { RobotsStatement } from './robots-directives.js';
import type { StructuredData } from './structured-data.js';
import type { VisibleTextSummary } from './visible-text.js';

/** A piece of head or heading text. */
export interface PageText {
  /** Whitespace collapsed, at most 1,024 characters. */
  readonly text: string;
  /** Code points of the text, also of the part that is not kept; what lies beyond 8,192 characters is not counted. */
  readonly length: number;
  readonly inHead: boolean;
}

/** A list that is kept up to a limit, with the count of all that were seen. */
export interface CappedList<T> {
  readonly items: readonly T[];
  readonly count: number;
}

export interface CanonicalReference extends ResolvedReference {
  readonly source: 'html' | 'header';
  /** True for a `link` element in the head and for every header: the places where engines honour it. */
  readonly inHead: boolean;
}

export interface HreflangReference extends ResolvedReference {
  /** The language code as written, lower-case: `de`, `de-at`, `x-default`; validity is judged later. */
  readonly code: string;
  readonly source: 'html' | 'header';
  readonly inHead: boolean;
}

export interface RefreshReference extends ResolvedReference {
  readonly source: 'meta' | 'header';
  readonly delaySeconds: number;
}

/** Links of which a page has one each. */
export type PageRelation = 'icon' | 'amphtml' | 'next' | 'prev';

/** One `property` and `content` pair, in document order; pairs may repeat. */
export interface MetaPair {
  readonly name: string;
  readonly content: string;
}

/**
 * What one HTML document says, as plain JSON values. No string holds U+0000 or a lone surrogate. Groups are
 * those of the page record; a field that is absent from the document is null, an empty list or zero.
 */
export interface PageContent {
  readonly document: {
    readonly charset: PageCharset;
    /** `lang` of the `html` element as written. */
    readonly lang: string | null;
    /** The first valid http(s) `base` address, resolved; null when the page's own address is the base. */
    readonly baseUrl: string | null;
    readonly generator: string | null;
    readonly viewport: string | null;
    /** What follows `<!doctype`, lower-case: `html`; null without one. */
    readonly doctype: string | null;
    /** As declared in the document; `charset` says what was used. */
    readonly declaredCharset: string | null;
    /** Content-Language header, else the `meta` element. */
    readonly contentLanguage: string | null;
    /** What ended the head before its end tag: an element, `#text`, or `/body`; null when nothing did. */
    readonly headEndedEarlyBy: string | null;
    /** Characters (UTF-16 units) of the decoded document, markup included. */
    readonly length: number;
  };
  /** Addresses that a page has one of each. */
  readonly relations: Partial<Record<PageRelation, ResolvedReference>>;
  readonly structuredData: StructuredData | null;
  readonly resources: {
    /** `script` elements without an address. */
    readonly inlineScripts: number;
    /** Preloaded as fonts. */
    readonly fontPreloads: number;
  };
  readonly indexing: {
    readonly robots: readonly RobotsStatement[];
    readonly canonicals: readonly CanonicalReference[];
    readonly hreflangs: readonly HreflangReference[];
    /** The first refresh that names a target: `Refresh` header before `meta` element. */
    readonly refresh: RefreshReference | null;
  };
  readonly head: {
    readonly titles: CappedList<PageText>;
    readonly descriptions: CappedList<PageText>;
    readonly openGraph: readonly MetaPair[];
    readonly twitter: readonly MetaPair[];
    readonly twitterCard: string | null;
  };
  readonly headings: {
    readonly h1s: CappedList<PageText>;
    readonly h2s: CappedList<PageText>;
    /** Levels of all headings in document order, a digit each, at most 500: `12232`. */
    readonly outline: string;
  };
  readonly text: VisibleTextSummary;
  readonly images: {
    readonly count: number;
    readonly missingAlt: number;
    readonly emptyAlt: number;
    /** `img` elements without `width` or without `height`. */
    readonly missingDimensions: number;
  };
  readonly links: readonly PageLink[];
  /** Links beyond the cap, counted and not kept. */
  readonly linksTruncated: number;
}
