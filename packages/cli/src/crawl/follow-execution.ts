import { setTimeout as sleep } from 'node:timers/promises';
import { type ExecutionDetail, isTerminal } from '@outrider/shared';
import type { ApiClient } from '../client/api-client.js';
import { ApiUnreachable } from '../client/api-problem.js';

export interface FollowOptions {
  /** Told of each state that was read. */
  readonly onState: (execution: ExecutionDetail) => void;
  /** Told when the API stopped answering; it is asked again. */
  readonly onSilence: () => void;
  readonly pollMs?: number;
  /** How long the API may be silent, in milliseconds: a restart of it is no reason to give up. */
  readonly patienceMs?: number;
}

const POLL_MS = 250;
const PATIENCE_MS = 60_000;

/** Follows an execution to its end and returns it. Throws ApiUnreachable when the API stays silent. */
export async function followExecution(
  client: ApiClient,
  executionId: string,
  { onState, onSilence, pollMs = POLL_MS, patienceMs = PATIENCE_MS }: FollowOptions,
): Promise<ExecutionDetail> {
  let silentSince: number | null = null;
  for (;;) {
    try {
      const execution = await client.call('getExecution', { params: { id: executionId } });
      silentSince = null;
      onState(execution);
      if (isTerminal(execution.status)) return execution;
    } catch (error) {
      if (!(error instanceof ApiUnreachable)) throw error;
      if (silentSince === null) onSilence();
      silentSince ??= performance.now();
      if (performance.now() - silentSince > patienceMs) throw error;
    }
    await sleep(pollMs);
  }
}
