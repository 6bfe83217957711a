import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecutionDetail, isTerminal } from '@outrider/shared';
import type { ApiClient } from '../client/api-client.js';
import { askPatiently, type Patience } from '../client/ask-patiently.js';

export interface FollowOptions {
  /** Told of each state that was read. */
  readonly onState: (execution: ExecutionDetail) => void;
  /** A database or an API that is started again is no reason to give up. */
  readonly patience: Patience;
}

/** Between questions, in milliseconds: a short crawl's end is seen at once, and a long one is not slowed by being asked. */
const POLL_MS = { least: 250, most: 1_000 } as const;
/** A twentieth of the time that it runs already. */
const POLL_SHARE = 0.05;

/** Follows an execution to its end and returns it. Throws CliError when the platform does not recover. */
export async function followExecution(
  client: ApiClient,
  executionId: string,
  { onState, patience }: FollowOptions,
): Promise<ExecutionDetail> {
  const params = { id: executionId };
  const begun = performance.now();
  for (;;) {
    const execution = await askPatiently(() => client.call('getExecution', { params }), patience);
    onState(execution);
    if (isTerminal(execution.status)) return execution;
    const wait = (performance.now() - begun) * POLL_SHARE;
    await sleep(Math.min(Math.max(wait, POLL_MS.least), POLL_MS.most));
  }
}
