import { type Execution, GRACE_SECONDS } from '@outrider/shared';
import type { CommandDeps } from './command-deps.js';
import { type OrderRequest, orderExecutions } from './order-execution.js';

/** Of pause and stop: how long fetches in flight may take to finish before they are cut off. */
export type GraceRequest = OrderRequest & { readonly graceSeconds?: number };
export type StopRequest = GraceRequest;

export const graceMsOf = ({ graceSeconds = GRACE_SECONDS.fallback }: GraceRequest): number =>
  graceSeconds * 1_000;

/**
 * Stops an execution: fetches in flight finish, or are cut off when their grace is over; all that was
 * gathered stays. One that no worker has touched is stopped at once; any other becomes `stopping`, and the
 * orchestrator ends it when nothing is in flight any more. Stopping it again changes nothing.
 *
 * Throws `not_found`, `no_running_execution` for a campaign without one, and `illegal_transition` for an
 * execution that has ended otherwise or is being cancelled.
 */
export async function stopExecution(deps: CommandDeps, request: StopRequest): Promise<Execution> {
  const [youngest] = await orderExecutions(deps, request, { kind: 'stop', graceMs: graceMsOf(request) });
  return youngest;
}
