import { Alert } from '@mantine/core';
import { type ExecutionDetail, STALL_CAUSES, WAITING_REASONS } from '@outrider/shared/contract';
import { formatDuration } from '../display/format.js';

/** Why an execution gets nothing done, where that is so: its stall, or what it waits for and its place in the queue. */
export function WaitingNote({ execution }: { readonly execution: ExecutionDetail }) {
  const { stall, waitingReason, waiting, orderedBy } = execution;
  if (stall !== null) {
    return (
      <Alert color="red" variant="light" mt="sm" title="It does not move">
        {STALL_CAUSES[stall.cause]}
      </Alert>
    );
  }
  if (waitingReason === null) return null;
  return (
    <Alert color="yellow" variant="light" mt="sm" title="It waits">
      {WAITING_REASONS[waitingReason]}
      {orderedBy === null ? '' : ` (${orderedBy})`}
      {waiting === null ? '' : `. It is number ${waiting.position} in the queue`}
      {waiting?.estimatedSeconds === null || waiting === null
        ? ''
        : `, for about ${formatDuration(waiting.estimatedSeconds)}`}
      .
    </Alert>
  );
}
