import { freezeHost, listHosts, readHost, releaseHost } from '@outrider/db';
import type { Handlers } from '../app/route-request.js';

/** Who is on which host, and the freezing of hosts. */
export const hostHandlers = {
  listHosts: (request) => {
    const { limit } = request.query;
    return request.readList((tx, after) => listHosts(tx, { limit, after }));
  },
  getHost: async (request) => ({ body: await request.read((tx) => readHost(tx, request.params.host)) }),
  freezeHost: (request) =>
    request.write(async (tx) => {
      const { host } = request.params;
      const { reason, until = null } = request.body;
      await freezeHost(tx, request.caller.tenantId, { host, reason, until });
      return {
        reply: { body: await readHost(tx, host) },
        audit: {
          action: 'host.freeze',
          subjectType: 'host',
          subjectId: host,
          after: { frozen: true, until },
          detail: { reason, until },
        },
      };
    }),
  releaseHost: (request) =>
    request.write(async (tx) => {
      const { host } = request.params;
      await releaseHost(tx, request.caller.tenantId, host);
      return {
        reply: { body: null },
        audit: {
          action: 'host.release',
          subjectType: 'host',
          subjectId: host,
          after: { frozen: false },
        },
      };
    }),
} as const satisfies Partial<Handlers>;
