import { z } from 'zod';
import { CRAWL_ERROR_TYPES, SEVERITIES } from '../errors/crawl-error-types.js';
import { sitemapTotals } from '../execution/execution-report.js';
import { TARGET_STATES } from '../execution/execution-states.js';
import { INDEXABILITY_REASONS } from '../execution/indexability-reasons.js';
import { LINK_ORIGINS, LINK_SCOPES } from '../execution/link-types.js';
import { REDIRECT_TYPES } from '../execution/redirect-types.js';
import { SITEMAP_FORMATS, SITEMAP_SOURCES, SITEMAP_STATES } from '../execution/sitemap-states.js';
import { DISCOVERY_METHODS, SKIP_REASON_NAMES } from '../execution/skip-reasons.js';
import { URL_RULES } from '../explain/ask-rules.js';
import { count, json, key, nextCursor, time } from './fields.js';

// What a crawl recorded: errors, discovered URLs, pages, links and the explanation of a URL.

export const campaignError = z
  .strictObject({
    id: z.uuid(),
    campaignId: z.uuid(),
    executionId: z.uuid(),
    crawlerId: z.uuid().nullable(),
    errorType: z.enum(CRAWL_ERROR_TYPES),
    severity: z.enum(SEVERITIES),
    errorCode: z.string(),
    errorMessage: z.string(),
    errorStack: z.string().nullable(),
    url: z.string().nullable(),
    /** The page that first named the URL; null for a seed, and for an error of no URL. */
    sourceUrl: z.string().nullable(),
    httpStatusCode: z.int().nullable(),
    retryCount: count,
    resolved: z.boolean(),
    resolvedAt: time.nullable(),
    resolutionNotes: z.string().nullable(),
    context: json,
    occurredAt: time,
  })
  .meta({ id: 'CampaignError' });
export type CampaignError = z.infer<typeof campaignError>;

export const errorResolve = z
  .strictObject({ resolved: z.boolean(), resolutionNotes: z.string().max(5_000).optional() })
  .meta({ id: 'ErrorResolve' });

export const discoveredUrl = z
  .strictObject({
    executionId: z.uuid(),
    urlHash: key,
    discoveredUrl: z.string(),
    sourceUrl: z.string().nullable(),
    discoveryMethod: z.enum(DISCOVERY_METHODS),
    /** Clicks from a seed, the fewest that the execution met; null when only a sitemap names it. */
    urlDepth: count.nullable(),
    isInternal: z.boolean(),
    shouldCrawl: z.boolean(),
    skipReason: z.enum(SKIP_REASON_NAMES).nullable(),
    skipRule: z.string().nullable(),
    /** Null for a URL that was never to be crawled. */
    state: z.enum(TARGET_STATES).nullable(),
    priorityScore: z.int(),
    discoveredAt: time,
  })
  .meta({ id: 'DiscoveredUrl' });
export type DiscoveredUrl = z.infer<typeof discoveredUrl>;

export const page = z
  .strictObject({
    executionId: z.uuid(),
    urlKey: key,
    url: z.string(),
    host: z.string(),
    /** Clicks from a seed; null when only a sitemap names it. */
    depth: count.nullable(),
    statusCode: z.int(),
    contentType: z.string().nullable(),
    isHtml: z.boolean(),
    attempt: count,
    fetchedAt: time,
    ttfbMs: z.number().nullable(),
    totalMs: z.number(),
    wireBytes: count,
    decodedBytes: count,
    redirectUrl: z.string().nullable(),
    title: z.string().nullable(),
    /** Code points of the title, up to 8,192 characters of it, and CSS pixels of Arial at 20 px. */
    titleLength: count.nullable(),
    titlePixels: count.nullable(),
    description: z.string().nullable(),
    /** Code points of the description, up to 8,192 characters of it, and CSS pixels of Arial at 14 px. */
    descriptionLength: count.nullable(),
    descriptionPixels: count.nullable(),
    h1: z.string().nullable(),
    canonicalUrl: z.string().nullable(),
    indexable: z.boolean(),
    indexabilityReason: z.enum(INDEXABILITY_REASONS).nullable(),
    language: z.string().nullable(),
    wordCount: z.int().nullable(),
    /** How much an answer of 2xx looks like an error page: 0 to 1, worth a look from 0.5. */
    soft404Score: z.number().nullable(),
    internalLinks: count,
    externalLinks: count,
  })
  .meta({ id: 'Page' });
export type Page = z.infer<typeof page>;

/** What one sitemap says of a URL that it names. */
export const sitemapMention = z
  .strictObject({
    sitemapUrl: z.string(),
    lastmod: time.nullable(),
    changefreq: z.string().nullable(),
    /** 0 to 1. */
    priority: z.number().nullable(),
    /** Translations that it names beside it; `href` as written. */
    alternates: z.array(z.strictObject({ hreflang: z.string(), href: z.string() })),
  })
  .meta({ id: 'SitemapMention' });
export type SitemapMention = z.infer<typeof sitemapMention>;

export const redirectHop = z.strictObject({
  url: z.string(),
  status: z.int(),
  type: z.enum(REDIRECT_TYPES),
  ms: z.number(),
});

export const pageDetail = z
  .strictObject({
    ...page.shape,
    bodyHash: z.string().nullable(),
    textHash: z.string().nullable(),
    /** SHA-256 of the main text; equal for pages of equal main text. */
    mainTextHash: z.string().nullable(),
    /** 64-bit SimHash of the main text, in hexadecimal; near-duplicates differ in few bits. */
    simhash: z.string().nullable(),
    /** The parts of the URL. */
    identity: z.strictObject({
      scheme: z.string(),
      host: z.string(),
      registrableDomain: z.string(),
      path: z.string(),
      query: z.string().nullable(),
      urlLength: count,
      pathDepth: count,
      parameterCount: count,
    }),
    /** Security headers as sent. */
    security: z.strictObject({
      strictTransportSecurity: z.string().nullable(),
      contentSecurityPolicy: z.string().nullable(),
      xContentTypeOptions: z.string().nullable(),
      xFrameOptions: z.string().nullable(),
      referrerPolicy: z.string().nullable(),
      permissionsPolicy: z.string().nullable(),
    }),
    /** Where this URL leads when it redirects, hop by hop, and where that ends. */
    redirects: z.strictObject({
      hops: z.array(redirectHop),
      count,
      finalUrl: z.string().nullable(),
      finalStatus: z.int().nullable(),
      loop: z.boolean(),
      /** Whether a hop of the way is temporary: 302, 303 or 307. */
      temporary: z.boolean(),
    }),
    /** How the execution came to know it: the way that was decided by. Every other link to it is among its inlinks. */
    discovery: discoveredUrl.nullable(),
    /** The sitemaps that name it, by URL, the first 50. */
    sitemaps: z.array(sitemapMention),
    /** How many pages name it; null in a large execution until its inlinks are made, shortly after the end. */
    inlinks: count.nullable(),
    /** Milliseconds from the discovery of the URL to the start of its last fetch: queue, pace and earlier attempts. */
    queueWaitMs: z.number().nullable(),
    response: json,
    /** What the document says, in groups; what is null, false, zero or empty is left out. See docs/page-fields.md. */
    page: json.nullable(),
    /** What a browser saw, and how that differs from the HTML; null for a page that was not to be rendered. */
    rendering: json.nullable(),
    /** The picture that is kept of the rendered page, to be read at `/screenshot` below the page; null without one. */
    screenshot: z
      .strictObject({ format: z.enum(['webp']), width: count, height: count, size: count, takenAt: time })
      .nullable(),
  })
  .meta({ id: 'PageDetail' });
export type PageDetail = z.infer<typeof pageDetail>;

export const pageLink = z
  .strictObject({
    sourceUrl: z.string(),
    sourceKey: key,
    targetUrl: z.string().nullable(),
    targetKey: key.nullable(),
    ordinal: z.int(),
    rawHref: z.string(),
    linkType: z.string(),
    isInternal: z.boolean(),
    /** `subdomain`: outside the campaign's sites, on the same registrable domain as its page. Null for what leads to no web page. */
    scope: z.enum(LINK_SCOPES).nullable(),
    follow: z.boolean(),
    rel: z.string().nullable(),
    anchorText: z.string().nullable(),
    altText: z.string().nullable(),
    position: z.string(),
    pathType: z.string(),
    problem: z.string().nullable(),
    /** Where it was seen; `html` for every link of a page that was not rendered. */
    origin: z.enum(LINK_ORIGINS),
    /** Status of the target in this execution, where it was fetched. */
    targetStatusCode: z.int().nullable(),
  })
  .meta({ id: 'PageLink' });
export type PageLink = z.infer<typeof pageLink>;

/** One rule that was asked about a URL, in the order in which a crawl asks them. */
export const askedRule = z
  .strictObject({
    rule: z.enum(URL_RULES),
    verdict: z.enum(['passes', 'stops', 'unknown']),
    detail: z.string(),
  })
  .meta({ id: 'AskedRule' });

/** One try at a URL: an answer, or why there was none. */
const urlAttempt = z.strictObject({
  attempt: z.int().min(1),
  at: time,
  statusCode: z.int().nullable(),
  /** Null for an answer that is no error. */
  errorCode: z.string().nullable(),
  message: z.string().nullable(),
});
export const sitemapFile = z
  .strictObject({
    executionId: z.uuid(),
    url: z.string(),
    urlKey: key,
    host: z.string(),
    /** The index that names it, or the file that redirects to it. */
    parentUrl: z.string().nullable(),
    foundIn: z.enum(SITEMAP_SOURCES),
    /** Indexes above it. */
    depth: count,
    state: z.enum(SITEMAP_STATES),
    attempts: count,
    format: z.enum(SITEMAP_FORMATS).nullable(),
    httpStatusCode: z.int().nullable(),
    contentType: z.string().nullable(),
    wireBytes: count,
    decodedBytes: count,
    entries: count,
    /** Entries that are to be crawled, or are already. */
    urlsInScope: count,
    /** Files that it put on the list. */
    filesNamed: count,
    /** Entries that were left out, by reason. */
    dropped: z.record(z.string(), count),
    newestLastmod: time.nullable(),
    /** Of one that was read: why only a part of it counts. */
    errorCode: z.string().nullable(),
    errorMessage: z.string().nullable(),
    createdAt: time,
    settledAt: time.nullable(),
    /** What the repeated execution found in it stands for its content; it is not fetched. */
    pinned: z.boolean(),
  })
  .meta({ id: 'SitemapFile' });
export type SitemapFile = z.infer<typeof sitemapFile>;

export const sitemapComparisonUrl = z
  .strictObject({
    url: z.string(),
    urlKey: key,
    /** Null for a URL that was never to be crawled. */
    state: z.enum(TARGET_STATES).nullable(),
    statusCode: z.int().nullable(),
    indexable: z.boolean().nullable(),
    /** The newest, of the sitemaps that name it. */
    lastmod: time.nullable(),
    /** One of the sitemaps that name it. */
    sitemapUrl: z.string().nullable(),
  })
  .meta({ id: 'SitemapComparisonUrl' });
export type SitemapComparisonUrl = z.infer<typeof sitemapComparisonUrl>;

/** A page of a difference. `totals` are counted when the execution ends, and null before and without sitemaps. */
export const sitemapComparison = z
  .strictObject({
    items: z.array(sitemapComparisonUrl),
    nextCursor,
    /**
     * False while the execution runs and until its links are indexed: then the way by which each URL was found first
     * decides, and one that a sitemap or a seed named before a link did may count as not linked.
     */
    final: z.boolean(),
    totals: sitemapTotals.nullable(),
  })
  .meta({ id: 'SitemapComparison' });

export const explanation = z
  .strictObject({
    executionId: z.uuid(),
    /** What was asked, and its normalised spelling. */
    askedUrl: z.string(),
    url: z.string(),
    urlKey: key,
    /** unknown: no seed, sitemap, redirect or page that the execution follows links of has named it. */
    outcome: z.enum(['fetched', 'failed', 'skipped', 'pending', 'in_flight', 'unknown']),
    /** One sentence a person can read. */
    sentence: z.string(),
    discovery: discoveredUrl.nullable(),
    /** The sitemaps that name it, by URL, the first 50. */
    sitemaps: z.array(sitemapMention),
    /** How it was reached from a seed, seed first. */
    path: z.array(z.strictObject({ url: z.string(), discoveryMethod: z.enum(DISCOVERY_METHODS) })),
    /** Every rule, with what it said in this execution, or would have said of a URL that nothing named. */
    rules: z.array(askedRule),
    /** The first rule that stops the URL; null when none does. */
    decidedBy: z.enum(URL_RULES).nullable(),
    attempts: count,
    /** The tries that are on record, first to last, at most 50. */
    attemptLog: z.array(urlAttempt),
    failureCode: z.string().nullable(),
    statusCode: z.int().nullable(),
    fetchedAt: time.nullable(),
    errors: z.array(campaignError),
  })
  .meta({ id: 'Explanation' });
export type Explanation = z.infer<typeof explanation>;
