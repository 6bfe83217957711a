import {
  findLiveExecution,
  lockExecution,
  lockUntakenLanes,
  readExecution,
  type Tx,
  transitionExecution,
} from '@outrider/db';
import { type Execution, isTerminal, OutriderError } from '@outrider/shared';
import { type EndDeps, endExecution } from '../completion/end-execution.js';
import type { CommandDeps } from './command-deps.js';

/** Which execution to stop: the one named, or the one of a campaign that has not ended. */
export type StopRequest = {
  readonly tenantId: string;
  /** Who asks: shown in the history. */
  readonly by: string;
} & ({ readonly executionId: string } | { readonly campaignId: string });

/**
 * Stops an execution: fetches in flight finish, all that was gathered stays. One that no worker has
 * touched is stopped at once; any other becomes `stopping`, and the orchestrator ends it when nothing is
 * in flight any more. Stopping it again changes nothing.
 *
 * Throws `not_found`, `no_running_execution` for a campaign without one, and `illegal_transition` for an
 * execution that has ended.
 */
export async function stopExecution(deps: CommandDeps, request: StopRequest): Promise<Execution> {
  return deps.database.withTenant(request.tenantId, async (tx) => {
    const executionId = await findExecution(tx, request);
    await stopWithin(tx, deps, executionId, request.by);
    return readExecution(tx, executionId);
  });
}

async function findExecution(tx: Tx, request: StopRequest): Promise<string> {
  if ('executionId' in request) return request.executionId;
  const live = await findLiveExecution(tx, request.campaignId);
  if (live === null) throw new OutriderError('no_running_execution', 'There is nothing to stop.');
  return live;
}

/** The same within a transaction of the caller's. */
export async function stopWithin(tx: Tx, deps: EndDeps, executionId: string, by: string): Promise<void> {
  // The lock comes first, so that what is decided here is still true when it is written.
  const { status } = await lockExecution(tx, executionId);
  if (isTerminal(status)) {
    throw new OutriderError('illegal_transition', `The execution has ended already: it is ${status}.`);
  }
  const untouched = status === 'queued' && (await lockUntakenLanes(tx, executionId));
  if (!untouched) {
    await transitionExecution(tx, { executionId, to: 'stopping', by });
    return;
  }
  await endExecution(tx, deps, executionId, {
    to: 'stopped',
    endReason: 'stopped_by_user',
    settle: { reason: 'stopped', rule: `stopped by ${by}` },
    by,
  });
}
