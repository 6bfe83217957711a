import {
  appendEvent,
  lockExecution,
  lockQuarantine,
  markRetried,
  returnQuarantined,
  type Tx,
} from '@outrider/db';
import { isTerminal, OutriderError } from '@outrider/shared';
import type { CommandDeps } from './command-deps.js';
import { FIRST_EPOCH, offerLanes } from './offer-lanes.js';
import { queueExecution } from './start-execution.js';

/** Which URL to try again, and who wants it. */
export interface RetryRequest {
  readonly tenantId: string;
  readonly executionId: string;
  readonly urlKey: string;
  readonly by: string;
}

export interface Retried {
  /** Whether it is on its execution's frontier again, or got an execution of its own. */
  readonly into: 'same' | 'new';
  readonly executionId: string;
}

/**
 * Tries a quarantined URL again: on the frontier of its execution while that has not ended, else in a new
 * execution of this URL alone. If it takes its worker down again it is back in quarantine after one death.
 *
 * Throws `not_found`, `illegal_transition` when it is being tried again already or its execution is stopping,
 * and `campaign_already_running` when it would need an execution while another one runs.
 */
export async function retryQuarantined(deps: CommandDeps, request: RetryRequest): Promise<Retried> {
  const { retried, laneIds } = await deps.database.withTenant(request.tenantId, (tx) => retry(tx, request));
  await offerLanes(
    deps,
    request.tenantId,
    laneIds.map((laneId) => ({ laneId, epoch: FIRST_EPOCH })),
  );
  return retried;
}

async function retry(
  tx: Tx,
  request: RetryRequest,
): Promise<{ retried: Retried; laneIds: readonly string[] }> {
  const { executionId, urlKey, by } = request;
  const { status, tenantId, campaignId } = await lockExecution(tx, executionId);
  const { url } = await lockQuarantine(tx, executionId, urlKey);
  if (status === 'stopping') {
    throw new OutriderError('illegal_transition', 'The execution is stopping. Try again when it has ended.');
  }
  const isOver = isTerminal(status);
  if (!isOver && !(await returnQuarantined(tx, executionId, urlKey, by))) {
    throw new OutriderError('illegal_transition', 'The URL is not given up in this execution.');
  }
  const { id, laneIds } = isOver
    ? await queueAlone(tx, request, { campaignId, url })
    : { id: executionId, laneIds: [] };
  await markRetried(tx, { executionId, urlKey }, { by, retryExecutionId: id });
  await appendEvent(tx, {
    tenantId,
    campaignId,
    executionId,
    type: 'url.retried',
    payload: { url, urlKey, retryExecutionId: id, by },
  });
  return { retried: { into: isOver ? 'new' : 'same', executionId: id }, laneIds };
}

async function queueAlone(
  tx: Tx,
  { tenantId, by, executionId }: RetryRequest,
  { campaignId, url }: { readonly campaignId: string; readonly url: string },
): Promise<{ id: string; laneIds: readonly string[] }> {
  const { execution, laneIds } = await queueExecution(tx, {
    tenantId,
    campaignId,
    executionType: 'api',
    triggeredBy: by,
    reason: `a quarantined URL of execution ${executionId}`,
    onlyUrls: [url],
  });
  return { id: execution.id, laneIds };
}
