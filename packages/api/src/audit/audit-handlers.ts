import { listAuditEntries } from '@outrider/db';
import type { Handlers } from '../app/route-request.js';

/** Who changed what. */
export const auditHandlers = {
  listAuditLog: (request) => {
    const { cursor: _, ...filters } = request.query;
    return request.readList((tx, after) => listAuditEntries(tx, { after, ...filters }));
  },
} as const satisfies Partial<Handlers>;
