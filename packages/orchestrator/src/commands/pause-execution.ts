import type { Execution } from '@outrider/shared';
import type { CommandDeps } from './command-deps.js';
import { orderExecutions } from './order-execution.js';
import { type GraceRequest, graceMsOf } from './stop-execution.js';

/**
 * Pauses an execution: fetches in flight finish, or are cut off when their grace is over and come again after
 * the pause; then nothing is fetched until it is resumed. Pausing it again changes nothing.
 *
 * Throws `not_found`, `no_running_execution` for a campaign without one, and `illegal_transition` for an
 * execution that has ended or is to end.
 */
export async function pauseExecution(deps: CommandDeps, request: GraceRequest): Promise<Execution> {
  const [youngest] = await orderExecutions(deps, request, { kind: 'pause', graceMs: graceMsOf(request) });
  return youngest;
}
