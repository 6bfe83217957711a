/** Where a sitemap file stands. `skipped`: the execution was over before its turn, or it is one file too many. */
export const SITEMAP_STATES = ['pending', 'reading', 'read', 'failed', 'skipped'] as const;
export type SitemapState = (typeof SITEMAP_STATES)[number];

/** What named a sitemap file. */
export const SITEMAP_SOURCES = ['robots', 'campaign', 'index', 'redirect'] as const;
export type SitemapSource = (typeof SITEMAP_SOURCES)[number];

export const SITEMAP_FORMATS = ['urlset', 'index', 'text', 'rss', 'atom'] as const;
export type SitemapFormat = (typeof SITEMAP_FORMATS)[number];

/** How the URLs of the sitemaps and those of the links differ. */
export const SITEMAP_DIFFERENCES = ['in_sitemap_not_linked', 'linked_not_in_sitemap'] as const;
export type SitemapDifference = (typeof SITEMAP_DIFFERENCES)[number];

/** Files read in one execution at most. */
export const MAX_SITEMAP_FILES = 500;
