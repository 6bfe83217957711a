import { z } from 'zod';
import { DEFAULT_STRIP_PARAMS } from '../url/default-strip-params.js';
import { normalizeUrl } from '../url/normalize-url.js';
import { patternProblem } from '../url/url-pattern.js';

/** Most bytes and items a campaign may ask for; above them the API answers `limit_exceeded`. */
export const CAMPAIGN_LIMITS = {
  maxPages: 10_000_000,
  maxDepth: 1_000,
  maxDurationSeconds: 30 * 86_400,
  maxBytes: 10_995_116_277_760,
  maxConcurrencyPerHost: 256,
  delayMs: 60_000,
  lanes: 16,
  patterns: 100,
  patternLength: 1_000,
  headers: 50,
  sitemaps: 100,
  seedsPerRequest: 100_000,
  seedLength: 100_000,
} as const;

const pattern = z
  .string()
  .min(1)
  .max(CAMPAIGN_LIMITS.patternLength)
  .superRefine((source, context) => {
    const problem = patternProblem(source);
    if (problem !== null) {
      context.addIssue({
        code: 'custom',
        message: `not a pattern that can be matched in linear time (RE2): ${problem}`,
      });
    }
  });

/** Headers that frame the message, name its target or say what can be decoded, which are the fetcher's to set, or have a field of their own. */
const RESERVED_HEADERS: ReadonlySet<string> = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'user-agent',
]);

/** What to do instead of setting a header that is not the campaign's to set; null for any other. */
function reservedHeaderAdvice(name: string): string | null {
  const lower = name.toLowerCase();
  if (!RESERVED_HEADERS.has(lower)) return null;
  if (lower === 'user-agent') return 'set politeness.userAgent instead of this header';
  return 'this header is set by the crawler; leave it out';
}

const headerName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,100}$/, 'not a header name (RFC 9110, section 5.1)');
const headerValue = z
  .string()
  .max(4_096)
  .regex(/^[\t\x20-\x7e\x80-\xff]*$/, 'a header value has no line breaks or control characters');

/** What may be crawled. Patterns are RE2, matched anywhere in the normalised URL. */
export const scopeConfig = z
  .strictObject({
    within: z.enum(['host', 'domain', 'prefix', 'any']).default('host'),
    /** Whether a site is also in scope under its other names: with and without `www`, by http and by https. */
    includeVariants: z.boolean().default(false),
    allow: z.array(pattern).max(CAMPAIGN_LIMITS.patterns).default([]),
    deny: z.array(pattern).max(CAMPAIGN_LIMITS.patterns).default([]),
    maxDepth: z.int().min(0).max(CAMPAIGN_LIMITS.maxDepth).default(20),
    maxPages: z.int().min(1).max(CAMPAIGN_LIMITS.maxPages).default(100_000),
    maxDurationSeconds: z.int().min(1).max(CAMPAIGN_LIMITS.maxDurationSeconds).default(86_400),
    /** Bytes of pages as received, before decoding; 0 for no limit. */
    maxBytes: z.int().min(0).max(CAMPAIGN_LIMITS.maxBytes).default(0),
    /** Parameters taken out of every URL: see createParamStripper. A list of one's own replaces the default. */
    stripParams: z
      .array(z.string().min(1).max(100))
      .max(CAMPAIGN_LIMITS.patterns)
      .default([...DEFAULT_STRIP_PARAMS]),
    /** Whether parameters in another order make the same URL. */
    sortParams: z.boolean().default(false),
    followNofollow: z.boolean().default(true),
  })
  .meta({ id: 'Scope' });
export type ScopeConfig = z.infer<typeof scopeConfig>;

/** What ends or pauses an execution that goes wrong. */
export const limitsConfig = z
  .strictObject({
    /**
     * Once `minPages` URLs are settled, since the start or the last resume, a share of failures above `share`
     * pauses or stops it. Failures are URLs without an answer and answers of 4xx and 5xx. Null: no such limit.
     */
    errorRate: z
      .strictObject({
        share: z.number().min(0.001).max(1),
        minPages: z.int().min(1).max(CAMPAIGN_LIMITS.maxPages).default(100),
        action: z.enum(['pause', 'stop']).default('pause'),
      })
      .nullable()
      .default(null),
  })
  .meta({ id: 'Limits' });
export type LimitsConfig = z.infer<typeof limitsConfig>;

const guard = z.int().min(0).max(CAMPAIGN_LIMITS.maxPages);

/** What keeps a crawl of a site without end finite: see `docs/traps.md`. 0 switches a guard off. */
export const trapsConfig = z
  .strictObject({
    /** A block of path segments this often in a row makes a trap. */
    repeatedSegments: guard.refine((times) => times !== 1, 'once is no repetition').default(3),
    maxPathSegments: guard.default(20),
    /** URLs of one pattern that differ by a date. */
    maxPerDatePattern: guard.default(500),
    /** URLs of one pattern that differ by other numbers: generous, since a catalogue is numbered too. */
    maxPerNumberPattern: guard.default(25_000),
    /** URLs of one path with four parameters or more; ten times as many with three. */
    maxQueryCombinations: guard.default(500),
    /** Hosts of one registrable domain besides those of the seeds, where scope.within is domain or any. */
    maxHostsPerDomain: guard.default(100),
    /** Pages of one pattern with the same text that lead to more of their own kind. */
    maxDuplicates: guard.default(100),
  })
  .meta({ id: 'Traps' });
export type TrapsConfig = z.infer<typeof trapsConfig>;

/** How a site is treated. `robotsToken` is the product token looked for in robots.txt (RFC 9309). */
export const politenessConfig = z
  .strictObject({
    obeyRobots: z.boolean().default(true),
    maxConcurrencyPerHost: z.int().min(1).max(CAMPAIGN_LIMITS.maxConcurrencyPerHost).default(4),
    // At most what a Crawl-delay may ask for: a slower pace would hold a host up for other tenants.
    delayMs: z.int().min(0).max(CAMPAIGN_LIMITS.delayMs).default(0),
    userAgent: headerValue.min(1).max(500).default('Mozilla/5.0 (compatible; OutriderBot/0.1)'),
    robotsToken: z
      .string()
      .regex(/^[A-Za-z_-]{1,100}$/, 'letters, - and _ only (RFC 9309, section 2.2.1)')
      .default('OutriderBot'),
  })
  .meta({ id: 'Politeness' });
export type PolitenessConfig = z.infer<typeof politenessConfig>;

/** How one URL is fetched. `retries` are on top of the first attempt. */
export const fetchConfig = z
  .strictObject({
    timeoutMs: z.int().min(1_000).max(600_000).default(30_000),
    maxBodyBytes: z.int().min(1_024).max(104_857_600).default(10_485_760),
    maxRedirects: z.int().min(0).max(20).default(10),
    retries: z.int().min(0).max(10).default(2),
    // Asks only for what has changed since the campaign's previous execution (RFC 9110, section 13).
    conditional: z.boolean().default(false),
    headers: z
      .record(headerName, headerValue)
      .refine((headers) => Object.keys(headers).length <= CAMPAIGN_LIMITS.headers, {
        message: `at most ${CAMPAIGN_LIMITS.headers} headers`,
      })
      .superRefine((headers, context) => {
        for (const name of Object.keys(headers)) {
          const advice = reservedHeaderAdvice(name);
          if (advice !== null) context.addIssue({ code: 'custom', path: [name], message: advice });
        }
      })
      .default({}),
  })
  .meta({ id: 'Fetch' });
export type FetchConfig = z.infer<typeof fetchConfig>;

const sitemapUrl = z
  .string()
  .max(10_000)
  .refine((url) => normalizeUrl(url, undefined, { credentials: 'refuse' }).ok, {
    message: 'not an http or https URL without user name and password',
  });

/** Which sitemaps are read: those that robots.txt names, and those named here. Mode `list` reads only the latter. */
export const sitemapsConfig = z
  .strictObject({
    fromRobots: z.boolean().default(true),
    urls: z.array(sitemapUrl).max(CAMPAIGN_LIMITS.sitemaps).default([]),
  })
  .meta({ id: 'Sitemaps' });
export type SitemapsConfig = z.infer<typeof sitemapsConfig>;

/** Kinds of resources that a browser can be told not to load. */
export const BLOCKABLE_RESOURCES = ['image', 'font', 'media', 'stylesheet'] as const;
export type BlockableResource = (typeof BLOCKABLE_RESOURCES)[number];

/** How a page is rendered, where `renderer` is `browser`. */
export const browserConfig = z
  .strictObject({
    screenshot: z.boolean().default(false),
    blockResources: z
      .array(z.enum(BLOCKABLE_RESOURCES))
      .max(BLOCKABLE_RESOURCES.length)
      .default(['image', 'font', 'media']),
    // A page that has loaded and has nothing left to do is not waited for.
    waitMs: z.int().min(0).max(30_000).default(2_000),
    timeoutMs: z.int().min(1_000).max(120_000).default(15_000),
  })
  .meta({ id: 'Browser' });
export type BrowserConfig = z.infer<typeof browserConfig>;

/**
 * How long a campaign's ended executions are kept; null leaves it to the platform's settings, 0 keeps all. The
 * newest is always kept, and so is one that a running execution compares itself with.
 */
export const historyConfig = z
  .strictObject({
    keepExecutions: z.int().min(0).max(1_000_000).nullable().default(null),
    keepDays: z.int().min(0).max(36_500).nullable().default(null),
  })
  .meta({ id: 'History' });
export type HistoryConfig = z.infer<typeof historyConfig>;

export const campaignConfig = z
  .strictObject({
    mode: z.enum(['spider', 'list', 'sitemap']).default('spider'),
    renderer: z.enum(['http', 'browser']).default('http'),
    scope: scopeConfig.prefault({}),
    limits: limitsConfig.prefault({}),
    traps: trapsConfig.prefault({}),
    politeness: politenessConfig.prefault({}),
    fetch: fetchConfig.prefault({}),
    sitemaps: sitemapsConfig.prefault({}),
    browser: browserConfig.prefault({}),
    history: historyConfig.prefault({}),
    lanes: z.int().min(1).max(CAMPAIGN_LIMITS.lanes).default(1),
    priority: z.enum(['urgent', 'normal', 'backfill']).default('normal'),
  })
  .meta({ id: 'CampaignConfig' });
export type CampaignConfig = z.infer<typeof campaignConfig>;
