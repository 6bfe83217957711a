import { listWaitingLanes } from '@outrider/db';
import type { Execution } from '@outrider/shared';
import type { CommandDeps } from './command-deps.js';
import { offerLanes } from './offer-lanes.js';
import { type OrderRequest, orderExecutions } from './order-execution.js';

/**
 * Lets a paused execution go on, or one that is about to pause, and offers its lanes to the workers. Errors so
 * far do not count against `limits.errorRate` any more. Resuming it again changes nothing.
 *
 * Throws `not_found`, `no_running_execution` for a campaign without one, and `illegal_transition` for an
 * execution that was never paused, has ended or is to end.
 */
export async function resumeExecution(deps: CommandDeps, request: OrderRequest): Promise<Execution> {
  const executions = await orderExecutions(deps, request, { kind: 'resume', graceMs: 0 });
  const lanes = await deps.database
    .withTenant(request.tenantId, async (tx) => {
      const waiting = executions.map(({ id }) => listWaitingLanes(tx, id));
      return (await Promise.all(waiting)).flat();
    })
    .catch((error: unknown) => {
      deps.logger.warn({ err: error }, 'lanes could not be offered; the reconciler will offer them');
      return [];
    });
  await offerLanes(deps, request.tenantId, lanes);
  return executions[0];
}
