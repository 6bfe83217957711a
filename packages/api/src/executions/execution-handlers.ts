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
import {
  type Execution,
  type ExecutionDetail,
  OutriderError,
  type QueuePlace,
  type WaitingExecution,
  type WaitingReason,
} from '@outrider/shared';
import type { AuditNote, Handlers } from '../app/route-request.js';
import { hideSecrets } from '../campaigns/hide-secrets.js';
import { commandDeps } from './command-deps.js';

type ExecutionWithLanes = Execution & Pick<ExecutionDetail, 'lanes'>;

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

const QUEUE_REASONS: ReadonlySet<WaitingReason | null> = new Set<WaitingReason>([
  ...(['no_worker', 'no_browser_worker', 'worker_lost', 'dispatch', 'capacity'] as const),
  ...(['quota_executions', 'quota_pages'] as const),
]);

/** Whether it may have a place in the order of those that wait for a worker. */
function mayWait({ status, waitingReason }: Pick<Execution, 'status' | 'waitingReason'>): boolean {
  return (status === 'queued' || status === 'running') && QUEUE_REASONS.has(waitingReason);
}

/** With the reason that the order gives, where it has a place there: so no two answers contradict each other. */
function withReason<E extends Execution | ExecutionWithLanes>(
  execution: E,
  waiting: readonly WaitingExecution[],
): E {
  const place = mayWait(execution) ? waiting.find((one) => one.executionId === execution.id) : undefined;
  if (place === undefined) return execution;
  const { reason } = place;
  if (!('lanes' in execution)) return { ...execution, waitingReason: reason };
  const lanes = execution.lanes.map((lane) =>
    lane.status === 'waiting' ? { ...lane, waitingReason: reason } : lane,
  );
  return { ...execution, waitingReason: reason, lanes };
}

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
