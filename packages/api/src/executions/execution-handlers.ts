import {
  assertCampaignExists,
  findLastExecution,
  listExecutions,
  readCoverage,
  readExecution,
  readExecutionDetail,
  type Tx,
} from '@outrider/db';
import { startExecution } from '@outrider/orchestrator';
import { type Execution, OutriderError, type QueuePlace, type WaitingExecution } from '@outrider/shared';
import type { AuditNote, Handlers } from '../app/route-request.js';
import { hideSecrets } from '../campaigns/hide-secrets.js';
import { commandDeps } from './command-deps.js';
import { mayWait, withReason } from './queue-reason.js';

/** Executions: started by the orchestrator's command, read from the ledger. */
export const executionHandlers = {
  startCampaign: (request) => {
    const { caller, services } = request;
    const campaignId = request.params.id;
    return request.command(
      (database) =>
        startExecution(commandDeps(services, database), {
          tenantId: caller.tenantId,
          campaignId,
          executionType: 'api',
          triggeredBy: caller.keyName,
          reason: request.body.reason ?? null,
        }),
      async (tx) => accepted('execution.start', await lastExecution(tx, campaignId)),
    );
  },
  repeatExecution: async (request) => {
    const { caller, services } = request;
    const repeats = request.params.id;
    const { campaignId, number } = await request.read((tx) => readExecution(tx, repeats));
    return request.command(
      (database) =>
        startExecution(commandDeps(services, database), {
          tenantId: caller.tenantId,
          campaignId,
          executionType: 'api',
          triggeredBy: caller.keyName,
          reason: request.body.reason ?? `repeats execution ${number}`,
          repeats,
        }),
      async (tx) => accepted('execution.repeat', await lastExecution(tx, campaignId)),
    );
  },
  listExecutions: (request) => {
    const { limit, status, since, until } = request.query;
    const campaignId = request.params.id;
    return request.readList(async (tx, after) => {
      await assertCampaignExists(tx, campaignId);
      const slice = await listExecutions(tx, { campaignId, limit, after, status, since, until });
      const { caller, services } = request;
      const waiting = slice.items.some(mayWait) ? await services.capacity.listWaiting(caller.tenantId) : [];
      return { ...slice, items: slice.items.map((one) => withReason(one, waiting)) };
    });
  },
  getExecution: async (request) => {
    const { caller, services } = request;
    const detail = await request.read((tx) => readExecutionDetail(tx, request.params.id));
    const isWaiting = mayWait(detail) && detail.lanes.every(({ status }) => status !== 'active');
    const waiting = isWaiting ? await services.capacity.listWaiting(caller.tenantId) : [];
    const place = waiting.find(({ executionId }) => executionId === detail.id);
    return { body: { ...hideSecrets(caller, withReason(detail, waiting)), waiting: placeOf(place) } };
  },
  getCoverage: async (request) => ({
    body: await request.read((tx) => readCoverage(tx, request.params.id)),
  }),
} as const satisfies Partial<Handlers>;

function placeOf(found: WaitingExecution | undefined): QueuePlace | null {
  if (found === undefined) return null;
  const { reason, position, estimatedSeconds, waitingSince, lanesWaiting } = found;
  return { reason, position, estimatedSeconds, waitingSince, lanesWaiting };
}

async function lastExecution(tx: Tx, campaignId: string): Promise<Execution> {
  const executionId = await findLastExecution(tx, campaignId);
  if (executionId === null) throw new OutriderError('not_found', 'The campaign has no execution.');
  return readExecution(tx, executionId);
}

function accepted(
  action: string,
  execution: Execution,
): { reply: { body: { execution: Execution } }; audit: AuditNote } {
  return {
    reply: { body: { execution } },
    audit: {
      action,
      subjectType: 'execution',
      subjectId: execution.id,
      campaignId: execution.campaignId,
      after: { status: execution.status },
      detail: { campaignId: execution.campaignId, number: execution.number },
    },
  };
}
