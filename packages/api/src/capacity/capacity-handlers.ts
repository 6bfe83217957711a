import type { Handlers } from '../app/route-request.js';
import { setQuotas } from './capacity-desk.js';

/** Who waits for workers, and what tenants may use of them. */
export const capacityHandlers = {
  listQueue: (request) => {
    const { caller, services } = request;
    const { limit } = request.query;
    return request.readList(async (_, after) => {
      const waiting = await services.capacity.listWaiting(caller.tenantId);
      // The order moves between two pages: the next page begins after the last one shown, or after as many.
      const [lastId = '', shown = 0] = after ?? [];
      const at = waiting.findIndex(({ executionId }) => executionId === lastId);
      const begin = at >= 0 ? at + 1 : Number(shown);
      const items = waiting.slice(begin, begin + limit);
      const last = items.at(-1);
      const hasMore = last !== undefined && waiting.length > begin + limit;
      return { items, next: hasMore ? [last.executionId, begin + limit] : null };
    });
  },
  listTenants: ({ query, caller, services, readList }) =>
    readList((_, after) =>
      services.capacity.listTenants(caller.tenantId, { limit: query.limit, after, name: query.name }),
    ),
  getTenantQuotas: async ({ params, caller, services }) => ({
    body: await services.capacity.readQuotas(
      params.id === 'me' ? caller.tenantId : params.id,
      caller.tenantId,
    ),
  }),
  setTenantQuotas: (request) => {
    const { params, body, caller, services } = request;
    const tenantId = params.id === 'me' ? caller.tenantId : params.id;
    // Another tenant's row is not for a transaction of the caller's, and the line of the audit log goes with it.
    return request.write(async (tx) => {
      const quotas = await setQuotas(tx, tenantId, caller.tenantId, body);
      return {
        reply: { body: quotas },
        audit: {
          action: 'tenant.set_quotas',
          subjectType: 'tenant',
          subjectId: tenantId,
          detail: { ...body },
        },
      };
    }, services.capacity.transact);
  },
} as const satisfies Partial<Handlers>;
