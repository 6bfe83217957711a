import type { Execution } from '@outrider/shared';
import { cancelExecution } from './cancel-execution.js';
import type { CommandDeps } from './command-deps.js';
import type { OrderRequest } from './order-execution.js';
import { pauseExecution } from './pause-execution.js';
import { resumeExecution } from './resume-execution.js';
import { type StartRequest, startExecution } from './start-execution.js';
import { type GraceRequest, type StopRequest, stopExecution } from './stop-execution.js';

/** The commands over executions, bound to what they work with. */
export interface Commands {
  startExecution(request: StartRequest): Promise<Execution>;
  stopExecution(request: StopRequest): Promise<Execution>;
  pauseExecution(request: GraceRequest): Promise<Execution>;
  resumeExecution(request: OrderRequest): Promise<Execution>;
  cancelExecution(request: OrderRequest): Promise<Execution>;
}

/** Binds the commands, for the process that takes requests. */
export function createCommands(deps: CommandDeps): Commands {
  return {
    startExecution: (request) => startExecution(deps, request),
    stopExecution: (request) => stopExecution(deps, request),
    pauseExecution: (request) => pauseExecution(deps, request),
    resumeExecution: (request) => resumeExecution(deps, request),
    cancelExecution: (request) => cancelExecution(deps, request),
  };
}
