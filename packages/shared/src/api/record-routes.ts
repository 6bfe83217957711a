import { z } from 'zod';
import { CRAWL_ERROR_TYPES, SEVERITIES } from '../errors/crawl-error-types.js';
import { TARGET_STATES } from '../execution/execution-states.js';
import { INDEXABILITY_REASONS } from '../execution/indexability-reasons.js';
import { LINK_TYPES } from '../execution/link-types.js';
import { SITEMAP_DIFFERENCES, SITEMAP_SOURCES, SITEMAP_STATES } from '../execution/sitemap-states.js';
import { DISCOVERY_METHODS, SKIP_REASON_NAMES } from '../execution/skip-reasons.js';
import * as records from './record-resources.js';
import * as r from './resources.js';
import {
  campaignParams,
  flag,
  id,
  paging,
  type RouteTable,
  statusFilter,
  text,
  time,
  urlKeyParam,
} from './route.js';

/** The orders of a list of pages: by key, by response time and by status, each of these two in both directions. */
export const PAGE_SORTS = ['url_key', 'slowest', 'fastest', 'status', 'status_desc'] as const;
export type PageSort = (typeof PAGE_SORTS)[number];

/** Which pages, and in which order. */
export const PAGE_FILTERS = {
  sort: z.enum(PAGE_SORTS).default('url_key'),
  status: statusFilter.optional(),
  host: text.optional(),
  urlContains: text.optional(),
  indexable: flag.optional(),
  contentType: text.optional(),
  indexabilityReason: z.enum(INDEXABILITY_REASONS).optional(),
  /** HTML pages without a title. */
  titleMissing: flag.optional(),
  /** Pages of 2xx that look like error pages: a score of 0.5 and more. */
  soft404: flag.optional(),
  html: flag.optional(),
  depth: z.coerce.number().int().min(0).optional(),
  since: time.optional(),
  until: time.optional(),
};

/** Which errors of an execution or a campaign. */
export const ERROR_FILTERS = {
  errorType: z.enum(CRAWL_ERROR_TYPES).optional(),
  severity: z.enum(SEVERITIES).optional(),
  errorCode: text.optional(),
  status: statusFilter.optional(),
  host: text.optional(),
  urlContains: text.optional(),
  /** Errors that belong to no host. */
  withoutHost: flag.optional(),
  resolved: flag.optional(),
  since: time.optional(),
  until: time.optional(),
};

/** Which URLs of the discovery log. */
export const DISCOVERED_FILTERS = {
  shouldCrawl: flag.optional(),
  skipReason: z.enum(SKIP_REASON_NAMES).optional(),
  state: z.enum(TARGET_STATES).optional(),
  discoveryMethod: z.enum(DISCOVERY_METHODS).optional(),
  isInternal: flag.optional(),
  host: text.optional(),
  urlContains: text.optional(),
  since: time.optional(),
  until: time.optional(),
};

/** What an execution recorded. */
export const RECORD_ROUTES = {
  explainUrl: {
    method: 'get',
    path: '/executions/:id/explain',
    scope: 'viewer',
    summary: 'Why a URL was fetched, skipped, failed, or never seen',
    params: z.strictObject({ id }),
    query: z.strictObject({ url: z.string().min(1).max(10_000) }),
    status: 200,
    response: records.explanation,
  },
  listPages: {
    method: 'get',
    path: '/executions/:id/pages',
    scope: 'viewer',
    summary: 'List fetched URLs',
    params: z.strictObject({ id }),
    query: z.strictObject({ ...paging, ...PAGE_FILTERS }),
    status: 200,
    response: r.listOf(records.page),
  },
  getPage: {
    method: 'get',
    path: '/executions/:id/pages/:key',
    scope: 'viewer',
    summary: 'Read all that was recorded of a URL',
    params: z.strictObject({ id, key: urlKeyParam }),
    status: 200,
    response: records.pageDetail,
  },
  getPageScreenshot: {
    method: 'get',
    path: '/executions/:id/pages/:key/screenshot',
    scope: 'viewer',
    summary: 'The picture of a rendered page, where the campaign asked for screenshots',
    params: z.strictObject({ id, key: urlKeyParam }),
    status: 200,
    mediaType: 'image/webp',
    response: z.custom<Uint8Array>((value) => value instanceof Uint8Array),
  },
  listPageLinks: {
    method: 'get',
    path: '/executions/:id/pages/:key/links',
    scope: 'viewer',
    summary: 'Links from a page (out) or to a URL (in)',
    params: z.strictObject({ id, key: urlKeyParam }),
    query: z.strictObject({
      ...paging,
      direction: z.enum(['in', 'out']).default('out'),
      linkType: z.enum(LINK_TYPES).optional(),
    }),
    status: 200,
    response: r.listOf(records.pageLink),
  },
  listSitemaps: {
    method: 'get',
    path: '/executions/:id/sitemaps',
    scope: 'viewer',
    summary: 'List the sitemap files of an execution with what became of each',
    params: z.strictObject({ id }),
    query: z.strictObject({
      ...paging,
      state: z.enum(SITEMAP_STATES).optional(),
      foundIn: z.enum(SITEMAP_SOURCES).optional(),
    }),
    status: 200,
    response: r.listOf(records.sitemapFile),
  },
  compareSitemaps: {
    method: 'get',
    path: '/executions/:id/sitemap-comparison',
    scope: 'viewer',
    summary: 'URLs of the site that its sitemaps name and no page links to, or the other way round',
    params: z.strictObject({ id }),
    query: z.strictObject({ ...paging, set: z.enum(SITEMAP_DIFFERENCES).default('in_sitemap_not_linked') }),
    status: 200,
    response: records.sitemapComparison,
  },
  listErrors: {
    method: 'get',
    path: '/campaigns/:id/errors',
    scope: 'viewer',
    summary: 'List errors, newest first',
    params: campaignParams,
    query: z.strictObject({ ...paging, executionId: id.optional(), ...ERROR_FILTERS }),
    status: 200,
    response: r.listOf(records.campaignError),
  },
  resolveError: {
    method: 'patch',
    path: '/errors/:id',
    scope: 'operator',
    summary: 'Mark an error resolved or open again, with notes',
    params: z.strictObject({ id }),
    body: records.errorResolve,
    status: 200,
    response: records.campaignError,
  },
  listDiscoveredUrls: {
    method: 'get',
    path: '/campaigns/:id/discovered-urls',
    scope: 'viewer',
    summary: 'Every distinct URL of an execution (the last one unless named) with the decision on it',
    params: campaignParams,
    query: z.strictObject({ ...paging, executionId: id.optional(), ...DISCOVERED_FILTERS }),
    status: 200,
    response: r.listOf(records.discoveredUrl),
  },
} as const satisfies RouteTable;
