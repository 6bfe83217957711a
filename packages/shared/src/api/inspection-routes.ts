import { z } from 'zod';
import { CRAWL_ERROR_TYPES, SEVERITIES } from '../errors/crawl-error-types.js';
import * as views from './inspection-resources.js';
import { DISCOVERED_FILTERS, ERROR_FILTERS, PAGE_FILTERS } from './record-routes.js';
import * as r from './resources.js';
import { campaignParams, flag, id, paging, type RouteTable, text, urlKeyParam } from './route.js';

/** What a list is as a file: CSV for spreadsheets, or a JSON object a line. */
const exported = {
  scope: 'viewer',
  params: z.strictObject({ id }),
  status: 200,
  downloads: ['text/csv', 'application/x-ndjson'],
  response: null,
} as const;
const format = z.enum(['csv', 'ndjson']).default('csv');

/** What an execution looks like from afar, and its lists as files. */
export const INSPECTION_ROUTES = {
  listErrorGroups: {
    method: 'get',
    path: '/executions/:id/error-groups',
    scope: 'viewer',
    summary: 'Count the errors of an execution by code and host, the most frequent first',
    params: z.strictObject({ id }),
    query: z.strictObject({
      ...paging,
      errorType: z.enum(CRAWL_ERROR_TYPES).optional(),
      severity: z.enum(SEVERITIES).optional(),
      errorCode: text.optional(),
      host: text.optional(),
      resolved: flag.optional(),
    }),
    status: 200,
    response: r.listOf(views.errorGroup),
  },
  resolveErrorGroup: {
    method: 'patch',
    path: '/executions/:id/error-groups',
    scope: 'operator',
    summary: 'Mark all errors of a group resolved or open again, with notes',
    params: z.strictObject({ id }),
    body: views.errorGroupResolve,
    status: 200,
    response: views.errorGroupResolved,
  },
  exportPages: {
    ...exported,
    method: 'get',
    path: '/executions/:id/export/pages',
    summary: 'All fetched URLs that a filter leaves, as one file',
    query: z.strictObject({ ...PAGE_FILTERS, format }),
  },
  exportErrors: {
    ...exported,
    method: 'get',
    path: '/executions/:id/export/errors',
    summary: 'All errors of an execution that a filter leaves, the newest first, as one file',
    query: z.strictObject({ ...ERROR_FILTERS, format }),
  },
  exportDiscoveredUrls: {
    ...exported,
    method: 'get',
    path: '/executions/:id/export/discovered-urls',
    summary: 'All URLs of an execution that a filter leaves, with the decision on each, as one file',
    query: z.strictObject({ ...DISCOVERED_FILTERS, format }),
  },
  listPageHistory: {
    method: 'get',
    path: '/campaigns/:id/pages/:key/history',
    scope: 'viewer',
    summary: 'What a URL answered in the executions of a campaign, the newest first',
    params: z.strictObject({ ...campaignParams.shape, key: urlKeyParam }),
    query: z.strictObject(paging),
    status: 200,
    response: r.listOf(views.pageVersion),
  },
  readStructure: {
    method: 'get',
    path: '/executions/:id/structure',
    scope: 'viewer',
    summary: 'The fetched URLs of an execution by folder and by clicks from a seed',
    params: z.strictObject({ id }),
    status: 200,
    response: views.siteStructure,
  },
  readFrontier: {
    method: 'get',
    path: '/executions/:id/frontier',
    scope: 'viewer',
    summary: 'The URLs of an execution that wait or are in flight, by host and by clicks from a seed',
    params: z.strictObject({ id }),
    status: 200,
    response: views.frontier,
  },
} as const satisfies RouteTable;
