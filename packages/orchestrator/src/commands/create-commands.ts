import type { Execution } from '@outrider/shared';
import type { CommandDeps } from './command-deps.js';
import { type StartRequest, startExecution } from './start-execution.js';
import { type StopRequest, stopExecution } from './stop-execution.js';

/** The commands over executions, bound to what they work with. */
export interface Commands {
  startExecution(request: StartRequest): Promise<Execution>;
  stopExecution(request: StopRequest): Promise<Execution>;
}

/** Binds the commands, for the process that takes requests. */
export function createCommands(deps: CommandDeps): Commands {
  return {
    startExecution: (request) => startExecution(deps, request),
    stopExecution: (request) => stopExecution(deps, request),
  };
}
