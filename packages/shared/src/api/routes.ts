import { z } from 'zod';
import { CRAWL_ERROR_TYPES, SEVERITIES } from '../errors/crawl-error-types.js';
import { EXECUTION_STATES, TARGET_STATES } from '../execution/execution-states.js';
import { INDEXABILITY_REASONS } from '../execution/indexability-reasons.js';
import { LINK_TYPES } from '../execution/link-types.js';
import { SITEMAP_DIFFERENCES, SITEMAP_SOURCES, SITEMAP_STATES } from '../execution/sitemap-states.js';
import { DISCOVERY_METHODS, SKIP_REASON_NAMES } from '../execution/skip-reasons.js';
import * as fleet from './fleet-resources.js';
import * as hosts from './host-resources.js';
import * as plans from './plan-resources.js';
import * as records from './record-resources.js';
import * as r from './resources.js';

/** What a key may do: each scope includes those before it. */
export const API_SCOPES = ['viewer', 'operator', 'admin'] as const;
export type ApiScope = (typeof API_SCOPES)[number];

export const API_BASE = '/api/crawler';

const id = z.uuid();
/** A hash, so it has no UUID version. */
const urlKeyParam = z.guid();
const limit = z.coerce.number().int().min(1).max(1_000).default(50);
const paging = { cursor: z.string().max(2_000).optional(), limit };
const time = z.iso.datetime({ offset: true });
const flag = z.enum(['true', 'false']).transform((value) => value === 'true');
const text = z.string().min(1).max(500);
const statusFilter = z.string().regex(/^([1-5]xx|[1-9]\d\d)$/, 'a status like 404 or a class like 4xx');

/** One route of the API: everything that the server, the OpenAPI document and the client need. */
export interface Route {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** Express form, below the base path. */
  readonly path: string;
  readonly scope: ApiScope;
  readonly summary: string;
  readonly params?: z.ZodObject;
  readonly query?: z.ZodObject;
  readonly body?: z.ZodType;
  /** Bodies other than JSON that the route takes. */
  readonly acceptsImport?: boolean;
  readonly status: 200 | 201 | 202 | 204;
  readonly response: z.ZodType | null;
}

const campaignParams = z.strictObject({ id });
const hostParams = z.strictObject({ host: hosts.hostName });

/** Every route below the base path. The OpenAPI document and the router are both made from this table. */
export const ROUTES = {
  listCampaigns: {
    method: 'get',
    path: '/campaigns',
    scope: 'viewer',
    summary: 'List campaigns, newest first',
    query: z.strictObject({
      ...paging,
      status: z.enum(['active', 'archived']).optional(),
      nameContains: text.optional(),
    }),
    status: 200,
    response: r.listOf(r.campaign),
  },
  createCampaign: {
    method: 'post',
    path: '/campaigns',
    scope: 'operator',
    summary: 'Create a campaign with its seeds',
    body: r.campaignCreate,
    status: 201,
    response: r.campaign,
  },
  getCampaign: {
    method: 'get',
    path: '/campaigns/:id',
    scope: 'viewer',
    summary: 'Read a campaign',
    params: campaignParams,
    status: 200,
    response: r.campaign,
  },
  updateCampaign: {
    method: 'patch',
    path: '/campaigns/:id',
    scope: 'operator',
    summary:
      'Change a campaign; a change of its configuration makes a new revision. `If-Match: "<configRevision>"` guards against overwriting',
    params: campaignParams,
    body: r.campaignPatch,
    status: 200,
    response: r.campaign,
  },
  deleteCampaign: {
    method: 'delete',
    path: '/campaigns/:id',
    scope: 'admin',
    summary: 'Delete a campaign with all its executions and records',
    params: campaignParams,
    status: 204,
    response: null,
  },
  listSeeds: {
    method: 'get',
    path: '/campaigns/:id/seeds',
    scope: 'viewer',
    summary: 'List the seeds of a campaign',
    params: campaignParams,
    query: z.strictObject({ ...paging, urlContains: text.optional() }),
    status: 200,
    response: r.listOf(r.seed),
  },
  addSeeds: {
    method: 'post',
    path: '/campaigns/:id/seeds',
    scope: 'operator',
    summary:
      'Add seeds: JSON, plain text with one URL a line, or CSV whose column is named url (or its first)',
    params: campaignParams,
    body: r.seedsAdd,
    acceptsImport: true,
    status: 200,
    response: r.seedsResult,
  },
  removeSeeds: {
    method: 'delete',
    path: '/campaigns/:id/seeds',
    scope: 'operator',
    summary: 'Remove the named seeds',
    params: campaignParams,
    body: r.seedsRemove,
    status: 200,
    response: r.seedsRemoved,
  },
  startCampaign: {
    method: 'post',
    path: '/campaigns/:id/start',
    scope: 'operator',
    summary: 'Start an execution',
    params: campaignParams,
    body: r.executionStart,
    status: 202,
    response: r.executionAccepted,
  },
  planCampaign: {
    method: 'post',
    path: '/campaigns/:id/plan',
    scope: 'viewer',
    summary: 'What the campaign would do with URLs: in or out, by which rule, and how long it would take',
    params: campaignParams,
    body: plans.planRequest,
    status: 200,
    response: plans.plan,
  },
  stopCampaign: {
    method: 'post',
    path: '/campaigns/:id/stop',
    scope: 'operator',
    summary: 'Stop the running execution: fetches in flight finish, all that was gathered stays',
    params: campaignParams,
    body: r.executionStop,
    status: 202,
    response: r.executionAccepted,
  },
  listExecutions: {
    method: 'get',
    path: '/campaigns/:id/executions',
    scope: 'viewer',
    summary: 'List the executions of a campaign, newest first',
    params: campaignParams,
    query: z.strictObject({
      ...paging,
      status: z.enum(EXECUTION_STATES).optional(),
      since: time.optional(),
      until: time.optional(),
    }),
    status: 200,
    response: r.listOf(r.execution),
  },
  getExecution: {
    method: 'get',
    path: '/executions/:id',
    scope: 'viewer',
    summary: 'Read an execution with its lanes',
    params: z.strictObject({ id }),
    status: 200,
    response: r.executionDetail,
  },
  stopExecution: {
    method: 'post',
    path: '/executions/:id/stop',
    scope: 'operator',
    summary: 'Stop this execution',
    params: z.strictObject({ id }),
    body: r.executionStop,
    status: 202,
    response: r.executionAccepted,
  },
  getCoverage: {
    method: 'get',
    path: '/executions/:id/coverage',
    scope: 'viewer',
    summary: 'The coverage receipt: where every discovered URL went, recounted from the rows',
    params: z.strictObject({ id }),
    status: 200,
    response: r.executionCoverage,
  },
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
    query: z.strictObject({
      ...paging,
      sort: z.enum(['url_key', 'slowest']).default('url_key'),
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
    }),
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
    query: z.strictObject({
      ...paging,
      executionId: id.optional(),
      errorType: z.enum(CRAWL_ERROR_TYPES).optional(),
      severity: z.enum(SEVERITIES).optional(),
      errorCode: text.optional(),
      status: statusFilter.optional(),
      host: text.optional(),
      urlContains: text.optional(),
      resolved: flag.optional(),
      since: time.optional(),
      until: time.optional(),
    }),
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
    query: z.strictObject({
      ...paging,
      executionId: id.optional(),
      shouldCrawl: flag.optional(),
      skipReason: z.enum(SKIP_REASON_NAMES).optional(),
      state: z.enum(TARGET_STATES).optional(),
      discoveryMethod: z.enum(DISCOVERY_METHODS).optional(),
      isInternal: flag.optional(),
      host: text.optional(),
      urlContains: text.optional(),
      since: time.optional(),
      until: time.optional(),
    }),
    status: 200,
    response: r.listOf(records.discoveredUrl),
  },
  listEvents: {
    method: 'get',
    path: '/campaigns/:id/events',
    scope: 'viewer',
    summary: 'The ordered events of a campaign after a number',
    params: campaignParams,
    query: z.strictObject({
      after: z.coerce.number().int().min(0).default(0),
      limit,
      executionId: id.optional(),
    }),
    status: 200,
    response: z.strictObject({ items: z.array(fleet.campaignEvent), lastSeq: z.int() }),
  },
  listInstances: {
    method: 'get',
    path: '/instances',
    scope: 'viewer',
    summary: 'List worker processes',
    query: z.strictObject({ ...paging, state: z.enum(['idle', 'working', 'draining', 'gone']).optional() }),
    status: 200,
    response: r.listOf(fleet.instance),
  },
  listInstanceMetrics: {
    method: 'get',
    path: '/instances/:id/metrics',
    scope: 'viewer',
    summary: 'Performance of a worker on your campaigns, newest first',
    params: z.strictObject({ id }),
    query: z.strictObject({ ...paging, since: time.optional(), until: time.optional() }),
    status: 200,
    response: r.listOf(fleet.instanceMetric),
  },
  listHosts: {
    method: 'get',
    path: '/hosts',
    scope: 'viewer',
    summary: 'List the hosts that your campaigns are on or have frozen: who is on them, at what pace and why',
    query: z.strictObject(paging),
    status: 200,
    response: r.listOf(hosts.hostStatus),
  },
  getHost: {
    method: 'get',
    path: '/hosts/:host',
    scope: 'viewer',
    summary: 'Read a host that your campaigns are on or have frozen',
    params: hostParams,
    status: 200,
    response: hosts.hostStatus,
  },
  freezeHost: {
    method: 'post',
    path: '/hosts/:host/freeze',
    scope: 'operator',
    summary: 'Keep all your campaigns away from a host, at once and until it is released or a time comes',
    params: hostParams,
    body: hosts.hostFreezeRequest,
    status: 200,
    response: hosts.hostStatus,
  },
  releaseHost: {
    method: 'post',
    path: '/hosts/:host/release',
    scope: 'operator',
    summary: 'Let your campaigns crawl a frozen host again',
    params: hostParams,
    status: 204,
    response: null,
  },
  listApiKeys: {
    method: 'get',
    path: '/api-keys',
    scope: 'admin',
    summary: 'List API keys',
    query: z.strictObject(paging),
    status: 200,
    response: r.listOf(fleet.apiKey),
  },
  createApiKey: {
    method: 'post',
    path: '/api-keys',
    scope: 'admin',
    summary: 'Make an API key; the key is shown this once',
    body: fleet.apiKeyCreate,
    status: 201,
    response: fleet.apiKeyCreated,
  },
  revokeApiKey: {
    method: 'delete',
    path: '/api-keys/:id',
    scope: 'admin',
    summary: 'Revoke an API key',
    params: z.strictObject({ id }),
    status: 204,
    response: null,
  },
} as const satisfies Record<string, Route>;
export type RouteName = keyof typeof ROUTES;
