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
      return listExecutions(tx, { campaignId, limit, after, status, since, until });
    });
  },
  getExecution: async (request) => {
    const { caller, services } = request;
    const detail = await request.read((tx) => readExecutionDetail(tx, request.params.id));
    const mayWait =
      (detail.status === 'queued' || detail.status === 'running') &&
      detail.lanes.every(({ status }) => status !== 'active');
    const waiting = mayWait ? await services.capacity.listWaiting(caller.tenantId) : [];
    return { body: { ...hideSecrets(caller, detail), waiting: placeOf(detail, waiting) } };
  },
  getCoverage: async (request) => ({
    body: await request.read((tx) => readCoverage(tx, request.params.id)),
  }),
} as const satisfies Partial<Handlers>;

/** Its place in the order, which may be half a second old, with the reason that holds now. */
function placeOf(
  { id, waitingReason: reason }: Pick<Execution, 'id' | 'waitingReason'>,
  waiting: readonly WaitingExecution[],
): QueuePlace | null {
  const found = waiting.find((one) => one.executionId === id);
  if (found === undefined || reason === null) return null;
  const { position, estimatedSeconds, waitingSince, lanesWaiting } = found;
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
