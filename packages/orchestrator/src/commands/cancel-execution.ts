import type { Execution } from '@outrider/shared';
import type { CommandDeps } from './command-deps.js';
import { type OrderRequest, orderExecutions } from './order-execution.js';

/**
 * Cancels an execution: fetches in flight are cut off, what was gathered stays. It goes before a stop that is
 * not done. Cancelling it again changes nothing.
 *
 * Throws `not_found`, `no_running_execution` for a campaign without one, and `illegal_transition` for an
 * execution that has ended otherwise.
 */
export async function cancelExecution(deps: CommandDeps, request: OrderRequest): Promise<Execution> {
  const [youngest] = await orderExecutions(deps, request, { kind: 'cancel', graceMs: 0 });
  return youngest;
}
