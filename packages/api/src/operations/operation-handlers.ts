import {
  assertCampaignExists,
  type Database,
  findLastExecution,
  listOperations,
  listOrderedExecutions,
  readExecution,
  readOperation,
  type Tx,
} from '@outrider/db';
import {
  cancelExecution,
  type GraceRequest,
  type OrderRequest,
  type OrderSubject,
  pauseExecution,
  resumeExecution,
  stopExecution,
} from '@outrider/orchestrator';
import {
  type Execution,
  type Operation,
  type OperationKind,
  OutriderError,
  type RouteName,
} from '@outrider/shared';
import type { AuditNote, Handlers, Reply, ResponseOf, RouteRequest } from '../app/route-request.js';
import type { Services } from '../app/services.js';
import { commandDeps } from '../executions/command-deps.js';

type OrderAnswer = ResponseOf<'stopExecution'>;

/** What all eight routes have in common. */
interface OrderRoute extends Pick<RouteRequest<RouteName>, 'caller' | 'services' | 'read'> {
  readonly params: { readonly id: string };
  readonly body: { readonly reason?: string | undefined; readonly graceSeconds?: number };
  command(
    run: (database: Database) => Promise<unknown>,
    conclude: (tx: Tx) => Promise<OrderOutcome>,
  ): Promise<Reply<OrderAnswer>>;
}

interface OrderOutcome {
  readonly reply: Reply<OrderAnswer>;
  readonly audit: AuditNote;
}

/** Pause, resume, stop and cancel, of a campaign's execution or of one that is named; and what became of them. */
export const operationHandlers = {
  stopCampaign: (request) => orderCampaign(request, 'stop'),
  pauseCampaign: (request) => orderCampaign(request, 'pause'),
  resumeCampaign: (request) => orderCampaign(request, 'resume'),
  cancelCampaign: (request) => orderCampaign(request, 'cancel'),
  stopExecution: (request) => order(request, 'stop', { executionId: request.params.id }),
  pauseExecution: (request) => order(request, 'pause', { executionId: request.params.id }),
  resumeExecution: (request) => order(request, 'resume', { executionId: request.params.id }),
  cancelExecution: (request) => order(request, 'cancel', { executionId: request.params.id }),
  listOperations: (request) => {
    const { limit } = request.query;
    const executionId = request.params.id;
    return request.readList(async (tx, after) => {
      await readExecution(tx, executionId);
      return listOperations(tx, { executionId, limit, after });
    });
  },
  getOperation: async (request) => ({
    body: await request.read((tx) => readOperation(tx, request.params.id)),
  }),
} as const satisfies Partial<Handlers>;

async function orderCampaign(request: OrderRoute, kind: OperationKind): Promise<Reply<OrderAnswer>> {
  const campaignId = request.params.id;
  await request.read((tx) => assertCampaignExists(tx, campaignId));
  return order(request, kind, { campaignId });
}

function order(request: OrderRoute, kind: OperationKind, subject: OrderSubject): Promise<Reply<OrderAnswer>> {
  const { caller, services, body } = request;
  const { reason = null, graceSeconds } = body;
  const asked: OrderRequest = { ...subject, tenantId: caller.tenantId, by: caller.keyName, reason };
  const grace = graceSeconds === undefined ? {} : { graceSeconds };
  return request.command(
    (database) => run(services, database, kind, { ...asked, ...grace }),
    (tx) => conclude(tx, kind, subject),
  );
}

function run(
  services: Services,
  database: Database,
  kind: OperationKind,
  request: GraceRequest,
): Promise<Execution> {
  const deps = commandDeps(services, database);
  switch (kind) {
    case 'pause':
      return pauseExecution(deps, request);
    case 'resume':
      return resumeExecution(deps, request);
    case 'stop':
      return stopExecution(deps, request);
    case 'cancel':
      return cancelExecution(deps, request);
  }
}

async function conclude(tx: Tx, kind: OperationKind, subject: OrderSubject): Promise<OrderOutcome> {
  const [youngest, ...others] = await readReached(tx, kind, subject);
  if (youngest === undefined) throw new OutriderError('not_found', 'There is no such operation.');
  const { execution, operation } = youngest;
  const operations = [operation, ...others.map((other) => other.operation)];
  const { campaignId, number } = execution;
  const alsoReached = others.map((other) => other.execution.id);
  return {
    reply: { body: { operation, execution, operations } },
    audit: {
      action: `execution.${kind}`,
      subjectType: 'execution',
      subjectId: execution.id,
      campaignId,
      executionId: execution.id,
      after: { status: execution.status },
      detail: { number, operationId: operation.id, ...(alsoReached.length === 0 ? {} : { alsoReached }) },
    },
  };
}

interface Reached {
  readonly execution: Execution;
  readonly operation: Operation;
}

async function readReached(tx: Tx, kind: OperationKind, subject: OrderSubject): Promise<Reached[]> {
  const reached: Reached[] = [];
  for (const executionId of await listReached(tx, kind, subject)) {
    const execution = await readExecution(tx, executionId);
    if (execution.operationId === null) continue;
    reached.push({ execution, operation: await readOperation(tx, execution.operationId) });
  }
  return reached;
}

/** The one that is named; else those of the campaign that the order reached, or the last that had ended by it before. */
async function listReached(tx: Tx, kind: OperationKind, subject: OrderSubject): Promise<readonly string[]> {
  if ('executionId' in subject) return [subject.executionId];
  const ordered = await listOrderedExecutions(tx, subject.campaignId, kind);
  if (ordered.length > 0) return ordered;
  const last = await findLastExecution(tx, subject.campaignId);
  return last === null ? [] : [last];
}
