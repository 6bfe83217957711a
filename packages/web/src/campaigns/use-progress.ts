import { type ExecutionDetail, isTerminal } from '@outrider/shared/contract';
import { useEffect, useState } from 'react';
import type { ProgressSample } from '../live/event-history.js';

const KEPT = 1_000;

/**
 * The moments of an execution, oldest first: those that its events told, and the figures of each time it was read while it
 * runs, which are all there is where nothing tells of its progress.
 */
export function useProgress(
  execution: ExecutionDetail | undefined,
  readAt: number,
  told: readonly ProgressSample[],
): readonly ProgressSample[] {
  const [read, setRead] = useState<readonly ProgressSample[]>([]);
  useEffect(() => {
    if (execution === undefined || isTerminal(execution.status)) return;
    const { id: executionId, coverage, errorsEncountered: errors } = execution;
    setRead((before) => [...before, { executionId, at: readAt, ...coverage, errors }].slice(-KEPT));
  }, [execution, readAt]);
  const own = told.filter(({ executionId }) => executionId === execution?.id);
  return own.length === 0 ? read : own;
}
