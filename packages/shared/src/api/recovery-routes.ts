import { z } from 'zod';
import * as recovery from './recovery-resources.js';
import { listOf } from './resources.js';
import { id, paging, type RouteTable, text, time, urlKeyParam } from './route.js';

/** Quarantine and the audit log. */
export const RECOVERY_ROUTES = {
  listQuarantine: {
    method: 'get',
    path: '/executions/:id/quarantine',
    scope: 'viewer',
    summary: 'List the URLs that took their workers down and were given up, with what is known of each death',
    params: z.strictObject({ id }),
    query: z.strictObject(paging),
    status: 200,
    response: listOf(recovery.quarantinedUrl),
  },
  retryQuarantined: {
    method: 'post',
    path: '/executions/:id/quarantine/:key/retry',
    scope: 'operator',
    summary: 'Try a quarantined URL again: in its execution while that runs, else in one of its own',
    params: z.strictObject({ id, key: urlKeyParam }),
    status: 202,
    response: recovery.quarantineRetried,
  },
  listAuditLog: {
    method: 'get',
    path: '/audit-log',
    scope: 'admin',
    summary: 'List who changed what, newest first',
    query: z.strictObject({
      ...paging,
      campaignId: id.optional(),
      executionId: id.optional(),
      apiKeyId: id.optional(),
      action: text.optional(),
      subjectType: text.optional(),
      subjectId: text.optional(),
      since: time.optional(),
      until: time.optional(),
    }),
    status: 200,
    response: listOf(recovery.auditEntry),
  },
} as const satisfies RouteTable;
