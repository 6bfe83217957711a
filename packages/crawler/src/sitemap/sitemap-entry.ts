import type { SitemapFormat } from '@outrider/shared';

/** A translation of a page, as an entry's `xhtml:link` names it; `href` as written. */
export interface SitemapAlternate {
  readonly hreflang: string;
  readonly href: string;
}

/** One entry of a sitemap file: a page, or in an index another file. */
export interface SitemapEntry {
  /** As written, without the space around it; what it resolves to is for the caller to say. */
  readonly loc: string;
  readonly lastmod: Date | null;
  readonly changefreq: string | null;
  /** From 0 to 1. */
  readonly priority: number | null;
  readonly alternates: readonly SitemapAlternate[];
}

/** Why a file is not a sitemap, or why only its beginning counts. The codes are those of `campaign_errors`. */
export interface SitemapProblem {
  readonly code:
    | 'sitemap_dtd'
    | 'sitemap_html'
    | 'sitemap_unknown_format'
    | 'sitemap_malformed'
    | 'sitemap_truncated'
    | 'sitemap_too_large'
    | 'sitemap_too_many_urls'
    | 'sitemap_bad_gzip';
  readonly message: string;
}

export interface SitemapLimits {
  /** Entries of one file. */
  readonly maxUrls: number;
  /** Bytes of one file, decompressed. */
  readonly maxBytes: number;
  /** Bytes between two events of the XML, so that one endless comment or attribute is not gathered. */
  readonly maxTokenBytes: number;
  /** Characters of one value, or of one line of a text file. What is longer is no URL. */
  readonly maxValueLength: number;
  /** Translations kept of one entry. */
  readonly maxAlternates: number;
}

/** Sizes of the sitemaps.org protocol, and of what a well-meant file holds. */
export const SITEMAP_LIMITS: SitemapLimits = {
  maxUrls: 50_000,
  maxBytes: 52_428_800,
  maxTokenBytes: 1_048_576,
  maxValueLength: 4_096,
  maxAlternates: 200,
};

/** Takes the text of a file and gives its entries, in the file's order. */
export interface EntryReader {
  /** Null until the text says what it is. */
  readonly format: SitemapFormat | null;
  write(text: string): void;
  /** `cut`: the text ends because something stopped it, and its last value may be half a value. */
  end(cut: boolean): void;
}

export interface EntryReaderOptions {
  readonly limits: SitemapLimits;
  readonly now: () => number;
  readonly onEntry: (entry: SitemapEntry) => void;
  /** Nothing more is read; the entries so far stand. */
  readonly onProblem: (problem: SitemapProblem) => void;
}
