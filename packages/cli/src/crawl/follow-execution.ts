import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecutionDetail, isTerminal } from '@outrider/shared';
import type { ApiClient } from '../client/api-client.js';
import { askPatiently, type Patience } from '../client/ask-patiently.js';

export interface FollowOptions {
  /** Told of each state that was read. */
  readonly onState: (execution: ExecutionDetail) => void;
  /** A database or an API that is started again is no reason to give up. */
  readonly patience: Patience;
  readonly pollMs?: number;
}

const POLL_MS = 250;

/** Follows an execution to its end and returns it. Throws CliError when the platform does not recover. */
export async function followExecution(
  client: ApiClient,
  executionId: string,
  { onState, patience, pollMs = POLL_MS }: FollowOptions,
): Promise<ExecutionDetail> {
  const params = { id: executionId };
  for (;;) {
    const execution = await askPatiently(() => client.call('getExecution', { params }), patience);
    onState(execution);
    if (isTerminal(execution.status)) return execution;
    await sleep(pollMs);
  }
}
