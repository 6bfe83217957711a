import {
  listExecutionProgress,
  lockForCompletion,
  returnStrayTargets,
  type StallFacts,
  type StallReport,
  type StillExecution,
  type Tx,
  takeLaneAway,
} from '@outrider/db';
import { type EndDeps, endExecution } from '../completion/end-execution.js';
import type { Diagnosis } from './diagnose-stall.js';

/**
 * Ends a stalled execution as failed when the next tick of its campaign's schedule is due, so that a run that
 * hangs blocks no later one, whether it ever began or not. Its lanes are taken away first; what it gathered stays. Null when that is not to
 * be done, or not possible just now.
 */
export async function giveWay(
  tx: Tx,
  deps: EndDeps,
  execution: StillExecution,
  facts: StallFacts,
  { cause }: Diagnosis,
): Promise<StallReport['repairs'][number] | null> {
  if (!facts.scheduleDue || facts.status === 'stopping') return null;
  const { executionId } = execution;
  for (const { laneId, epoch, status } of facts.lanes) {
    if (status === 'active') await takeLaneAway(tx, { laneId, executionId, epoch });
  }
  await returnStrayTargets(tx);
  if (!(await lockForCompletion(tx, executionId))) return null;
  const [progress] = await listExecutionProgress(tx, { executionId });
  if (progress === undefined || progress.hasLeased) return null;
  await endExecution(tx, deps, executionId, {
    to: 'failed',
    endReason: 'stalled',
    settle: { reason: 'execution_failed', rule: `stalled: ${cause}` },
    by: 'stall doctor',
  });
  return { repair: 'gave_way', detail: { cause } };
}
