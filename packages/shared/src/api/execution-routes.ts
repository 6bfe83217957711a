import { z } from 'zod';
import { EXECUTION_STATES } from '../execution/execution-states.js';
import * as operations from './operation-resources.js';
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
    summary: 'Stop this execution: fetches in flight finish, all that was gathered stays',
    params: z.strictObject({ id }),
    body: operations.graceRequest,
    status: 202,
    response: operations.operationAccepted,
  },
  pauseExecution: {
    method: 'post',
    path: '/executions/:id/pause',
    scope: 'operator',
    summary: 'Pause this execution: fetches in flight finish, nothing is fetched until it is resumed',
    params: z.strictObject({ id }),
    body: operations.graceRequest,
    status: 202,
    response: operations.operationAccepted,
  },
  resumeExecution: {
    method: 'post',
    path: '/executions/:id/resume',
    scope: 'operator',
    summary: 'Go on with this paused execution',
    params: z.strictObject({ id }),
    body: operations.orderRequest,
    status: 202,
    response: operations.operationAccepted,
  },
  cancelExecution: {
    method: 'post',
    path: '/executions/:id/cancel',
    scope: 'operator',
    summary: 'Cancel this execution: fetches in flight are cut off, all that was gathered stays',
    params: z.strictObject({ id }),
    body: operations.orderRequest,
    status: 202,
    response: operations.operationAccepted,
  },
  repeatExecution: {
    method: 'post',
    path: '/executions/:id/repeat',
    scope: 'operator',
    summary:
      'Start an execution with the configuration, the seeds and the sitemaps of this one, whatever its campaign and its sites say by now',
    params: z.strictObject({ id }),
    body: r.executionStart,
    status: 202,
    response: r.executionAccepted,
  },
  listOperations: {
    method: 'get',
    path: '/executions/:id/operations',
    scope: 'viewer',
    summary: 'List what was asked of an execution, newest first',
    params: z.strictObject({ id }),
    query: z.strictObject(paging),
    status: 200,
    response: r.listOf(operations.operation),
  },
  getOperation: {
    method: 'get',
    path: '/operations/:id',
    scope: 'viewer',
    summary: 'Read how far an operation is: which workers have heard, and the fetches in flight',
    params: z.strictObject({ id }),
    status: 200,
    response: operations.operation,
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
