import type {
  Execution,
  ExecutionDetail,
  ExecutionState,
  WaitingExecution,
  WaitingReason,
} from '@outrider/shared';

const QUEUE_REASONS: ReadonlySet<WaitingReason | null> = new Set<WaitingReason>([
  ...(['no_worker', 'no_browser_worker', 'worker_lost', 'dispatch', 'capacity'] as const),
  ...(['quota_executions', 'quota_pages'] as const),
]);

/** What of an execution decides whether the queue knows better why it waits. */
export interface MaybeWaiting {
  readonly status: ExecutionState;
  readonly waitingReason: WaitingReason | null;
}

/** Whether it may have a place in the order of those that wait for a worker. */
export function mayWait({ status, waitingReason }: MaybeWaiting): boolean {
  return (status === 'queued' || status === 'running') && QUEUE_REASONS.has(waitingReason);
}

/** The reason that the order gives, where the execution has a place there, else its own: so no two answers contradict each other. */
export function queueReason(
  executionId: string,
  standing: MaybeWaiting,
  waiting: readonly WaitingExecution[],
): WaitingReason | null {
  if (!mayWait(standing)) return standing.waitingReason;
  const place = waiting.find((one) => one.executionId === executionId);
  return place === undefined ? standing.waitingReason : place.reason;
}

/** An execution, and the lanes that wait with it, with the reason that the order gives. */
export function withReason<E extends Execution | (Execution & Pick<ExecutionDetail, 'lanes'>)>(
  execution: E,
  waiting: readonly WaitingExecution[],
): E {
  const reason = queueReason(execution.id, execution, waiting);
  if (reason === execution.waitingReason) return execution;
  if (!('lanes' in execution)) return { ...execution, waitingReason: reason };
  const lanes = execution.lanes.map((lane) =>
    lane.status === 'waiting' ? { ...lane, waitingReason: reason } : lane,
  );
  return { ...execution, waitingReason: reason, lanes };
}
