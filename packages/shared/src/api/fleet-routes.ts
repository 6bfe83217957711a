import { z } from 'zod';
import { METRIC_RESOLUTIONS } from '../fleet/metric-resolutions.js';
import * as fleet from './fleet-resources.js';
import * as hosts from './host-resources.js';
import * as r from './resources.js';
import { campaignParams, flag, hostParams, id, limit, paging, type RouteTable, time } from './route.js';

/** Events, workers, hosts and keys. */
export const FLEET_ROUTES = {
  listEvents: {
    method: 'get',
    path: '/campaigns/:id/events',
    scope: 'viewer',
    summary:
      'The ordered events of a campaign after a number; with `Accept: text/event-stream`, followed as they happen',
    params: campaignParams,
    query: z.strictObject({
      after: z.coerce.number().int().min(0).default(0),
      before: z.coerce
        .number()
        .int()
        .min(1)
        .optional()
        .describe('Of the list: the last events before this number, rather than the first after the other'),
      progress: flag
        .default(true)
        .describe('Of the list: whether `execution.progress` is among them; the numbers then have holes'),
      limit,
      executionId: id.optional(),
    }),
    status: 200,
    response: z.strictObject({ items: z.array(fleet.campaignEvent), lastSeq: z.int() }),
    isStream: true,
  },
  listViewers: {
    method: 'get',
    path: '/campaigns/:id/viewers',
    scope: 'viewer',
    summary: 'Who follows the events of a campaign now',
    params: campaignParams,
    status: 200,
    response: z.strictObject({ items: z.array(fleet.viewer) }),
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
    query: z.strictObject({
      ...paging,
      since: time.optional(),
      until: time.optional(),
      resolution: z
        .enum(['auto', ...METRIC_RESOLUTIONS])
        .default('auto')
        .describe('auto: samples for up to six hours, means of minutes for up to a week, else of hours'),
    }),
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
} as const satisfies RouteTable;
