import { z } from 'zod';
import * as capacity from './capacity-resources.js';
import * as r from './resources.js';
import { id, paging, type RouteTable, text } from './route.js';

const tenantParams = z.strictObject({ id: z.union([id, z.literal('me')]) });

/** Who waits for workers, and what tenants may use of them. */
export const CAPACITY_ROUTES = {
  listQueue: {
    method: 'get',
    path: '/queue',
    scope: 'viewer',
    summary: 'List your executions that wait for a worker, next first: position, reason and estimate',
    query: z.strictObject(paging),
    status: 200,
    response: r.listOf(capacity.waitingExecution),
  },
  listTenants: {
    method: 'get',
    path: '/tenants',
    scope: 'admin',
    summary:
      "List tenants, oldest first: all of them for keys of the platform's first tenant, for others their own",
    query: z.strictObject({ ...paging, name: text.optional() }),
    status: 200,
    response: r.listOf(capacity.tenant),
  },
  getTenantQuotas: {
    method: 'get',
    path: '/tenants/:id/quotas',
    scope: 'admin',
    summary: "Read a tenant's quotas and their use; `me` is the key's own tenant",
    params: tenantParams,
    status: 200,
    response: capacity.tenantQuotas,
  },
  setTenantQuotas: {
    method: 'patch',
    path: '/tenants/:id/quotas',
    scope: 'admin',
    summary: "Set a tenant's quotas; only for keys of the platform's first tenant",
    params: tenantParams,
    body: capacity.tenantQuotasPatch,
    status: 200,
    response: capacity.tenantQuotas,
  },
} as const satisfies RouteTable;
