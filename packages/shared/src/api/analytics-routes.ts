import { z } from 'zod';
import * as a from './analytics-resources.js';
import * as c from './change-resources.js';
import { listOf } from './resources.js';
import { campaignParams, id, paging, type RouteTable, text } from './route.js';

/** Most executions or campaigns of one comparison. */
export const MOST_COMPARED = 10;
/** Most days of one comparison. */
export const MOST_DAYS_COMPARED = 366;

const day = z.iso.date();

/** `a,b,c`: ids of different things, the first being what the others are compared with. */
const comparedIds = z
  .string()
  .transform((text) => text.split(','))
  .pipe(
    z
      .array(id)
      .min(2, 'name at least two')
      .max(MOST_COMPARED, `at most ${MOST_COMPARED}`)
      .refine((ids) => new Set(ids).size === ids.length, 'each only once'),
  );

/**
 * Figures. They come before the other routes of `/executions` and `/campaigns`, so that `compare` is not taken for an id.
 */
export const ANALYTICS_ROUTES = {
  compareExecutions: {
    method: 'get',
    path: '/executions/compare',
    scope: 'viewer',
    summary: 'Figures of several executions side by side, with the differences to the first',
    query: z.strictObject({ ids: comparedIds }),
    status: 200,
    response: a.executionComparison,
  },
  compareCampaigns: {
    method: 'get',
    path: '/campaigns/compare',
    scope: 'viewer',
    summary:
      'Figures of several campaigns over the same days side by side, with the differences to the first',
    query: z.strictObject({ ids: comparedIds, from: day.optional(), to: day.optional() }),
    status: 200,
    response: a.campaignComparison,
  },
  getExecutionAnalytics: {
    method: 'get',
    path: '/executions/:id/analytics',
    scope: 'viewer',
    summary:
      'Figures of an execution: of every row once it has ended, until then of a bounded number of them',
    params: z.strictObject({ id }),
    status: 200,
    response: a.executionAnalytics,
  },
  getExecutionProgress: {
    method: 'get',
    path: '/executions/:id/progress',
    scope: 'viewer',
    summary: 'How far an execution is, when it is likely to end, and why that may be wrong',
    params: z.strictObject({ id }),
    status: 200,
    response: a.executionEstimate,
  },
  listPageChanges: {
    method: 'get',
    path: '/executions/:id/changes',
    scope: 'viewer',
    summary:
      'Pages that are new, gone or changed since another execution of the campaign, the previous one unless `since` names it',
    params: z.strictObject({ id }),
    query: z.strictObject({
      ...paging,
      since: id.optional(),
      kind: z.enum(c.PAGE_CHANGE_KINDS).optional(),
      field: z.enum(c.CHANGED_FIELDS).optional(),
      urlContains: text.optional(),
    }),
    status: 200,
    response: listOf(c.pageChange),
  },
  listCampaignAnalytics: {
    method: 'get',
    path: '/campaigns/:id/analytics',
    scope: 'viewer',
    summary: 'Figures of a campaign by day (UTC) or by ended execution, newest first',
    params: campaignParams,
    query: z.strictObject({
      ...paging,
      by: z.enum(['day', 'execution']).default('day'),
      from: day.optional(),
      to: day.optional(),
    }),
    status: 200,
    response: a.campaignRollups,
  },
} as const satisfies RouteTable;
