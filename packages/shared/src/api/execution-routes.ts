import { z } from 'zod';
import { EXECUTION_STATES } from '../execution/execution-states.js';
import * as r from './resources.js';
import { campaignParams, id, paging, type RouteTable, time } from './route.js';

/** Executions and their coverage. */
export const EXECUTION_ROUTES = {
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
    summary:
      'Where every discovered URL went: the receipt once the execution has ended, until then what is known by now',
    params: z.strictObject({ id }),
    status: 200,
    response: r.executionCoverage,
  },
} as const satisfies RouteTable;
