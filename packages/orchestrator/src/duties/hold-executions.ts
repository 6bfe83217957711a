import {
  type Database,
  type ExecutionProgress,
  listExecutionProgress,
  lockExecution,
  type Tx,
  transitionExecution,
} from '@outrider/db';
import { type CrashAt, GRACE_SECONDS } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import { giveOrder } from '../commands/order-execution.js';
import { isPaused, judgeErrorRate } from '../completion/judge-progress.js';
import type { DutyReport } from './duty.js';

export interface HoldDeps {
  readonly database: Database;
  readonly crashAt: CrashAt;
  readonly logger: Logger;
}

/**
 * Says of executions that were asked to pause that they are paused, once nothing is in flight, and pauses or
 * stops those of which more URLs fail than their campaign allows.
 */
export async function holdExecutions(deps: HoldDeps): Promise<DutyReport> {
  const progress = await deps.database.withSystem((tx) => listExecutionProgress(tx, { onlyHoldable: true }));
  const report = { paused: 0, limited: 0 };
  for (const one of progress) {
    if (!isPaused(one) && judgeErrorRate(one) === null) continue;
    const done = await deps.database
      .withTenant(one.tenantId, (tx) => hold(tx, deps, one.executionId))
      .catch((error: unknown) => {
        deps.logger.error({ err: error, executionId: one.executionId }, 'an execution could not be held');
        return null;
      });
    if (done !== null) report[done] += 1;
  }
  return report;
}

/** Looks again under the lock: what was read before it may have changed. */
async function hold(tx: Tx, deps: HoldDeps, executionId: string): Promise<'paused' | 'limited' | null> {
  await lockExecution(tx, executionId);
  const [progress] = await listExecutionProgress(tx, { executionId });
  if (progress === undefined) return null;
  if (isPaused(progress)) {
    await transitionExecution(tx, { executionId, to: 'paused', by: 'orchestrator' });
    return 'paused';
  }
  return (await holdToLimit(tx, deps, progress)) ? 'limited' : null;
}

async function holdToLimit(tx: Tx, deps: HoldDeps, progress: ExecutionProgress): Promise<boolean> {
  const order = judgeErrorRate(progress);
  if (order === null) return false;
  const { executionId } = progress;
  const graceMs = GRACE_SECONDS.fallback * 1_000;
  await giveOrder(tx, deps, { ...order, executionId, by: 'orchestrator', cause: 'error_rate', graceMs });
  deps.logger.warn({ executionId, ...order }, 'too many URLs of an execution failed');
  return true;
}
