import { listQuarantine, readExecution, readRetry } from '@outrider/db';
import { retryQuarantined } from '@outrider/orchestrator';
import type { Handlers } from '../app/route-request.js';

/** URLs that took their workers down. */
export const quarantineHandlers = {
  listQuarantine: (request) => {
    const { limit } = request.query;
    const executionId = request.params.id;
    return request.readList(async (tx, after) => {
      await readExecution(tx, executionId);
      return listQuarantine(tx, { executionId, limit, after });
    });
  },
  retryQuarantined: (request) => {
    const { caller, services } = request;
    const { id: executionId, key: urlKey } = request.params;
    const { laneQueue, crashAt, logger } = services;
    return request.command(
      (database) =>
        retryQuarantined(
          { database, laneQueue, crashAt, logger },
          { tenantId: caller.tenantId, executionId, urlKey, by: caller.keyName },
        ),
      async (tx) => {
        const { url, campaignId, retryExecutionId } = await readRetry(tx, executionId, urlKey);
        const into = retryExecutionId === executionId ? ('same' as const) : ('new' as const);
        return {
          reply: { body: { into, executionId: retryExecutionId } },
          audit: {
            action: 'quarantine.retry',
            subjectType: 'url',
            subjectId: url,
            campaignId,
            executionId,
            before: { state: 'quarantined' },
            after: { state: 'retried', into, retryExecutionId },
          },
        };
      },
    );
  },
} as const satisfies Partial<Handlers>;
