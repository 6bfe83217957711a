import { type Database, listExecutionProgress, lockForCompletion, type Tx } from '@outrider/db';
import type { CrashAt } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import { decideEnd, type EndDecision } from '../completion/decide-end.js';
import { endExecution } from '../completion/end-execution.js';
import { judgeOutsiders } from '../completion/judge-outsiders.js';
import type { DutyReport } from './duty.js';

export interface CompleteDeps {
  readonly database: Database;
  readonly crashAt: CrashAt;
  readonly logger: Logger;
}

/** A recount reads every row of the execution: some seconds at a million URLs, a minute or two at ten. */
const END_TIMEOUT_MS = 1_800_000;

/**
 * Ends every execution that is over: the ledger has nothing leased, and nothing pending or a limit or a
 * stop says that the pending is not to be fetched. One that is busy at that moment is left to the next run;
 * one that cannot be ended does not keep the others from it.
 */
export async function completeExecutions(deps: CompleteDeps): Promise<DutyReport> {
  const progress = await deps.database.withSystem((tx) => listExecutionProgress(tx));
  const over = progress.filter((execution) => decideEnd(execution) !== null);
  let ended = 0;
  const failures: unknown[] = [];
  for (const { executionId, tenantId } of over) {
    try {
      const outcome = await deps.database.withTenant(tenantId, (tx) => endIfOver(tx, deps, executionId), {
        statementTimeoutMs: END_TIMEOUT_MS,
      });
      if (outcome === null) continue;
      ended += 1;
      deps.logger.info({ executionId, to: outcome.to, endReason: outcome.endReason }, 'an execution ended');
    } catch (error) {
      failures.push(error);
      deps.logger.error({ err: error, executionId }, 'an execution could not be ended');
    }
  }
  if (failures.length > 0 && ended === 0) throw failures[0];
  return { ended };
}

/** Decides again under the locks: what was read before them may have changed. */
async function endIfOver(tx: Tx, deps: CompleteDeps, executionId: string): Promise<EndDecision | null> {
  if (!(await lockForCompletion(tx, executionId))) return null;
  const [progress] = await listExecutionProgress(tx, { executionId });
  const decision = progress === undefined ? null : decideEnd(progress);
  if (decision === null) return null;
  if (decision.endReason === 'frontier_exhausted' && (await judgeOutsiders(tx, executionId)) > 0) return null;
  return endExecution(tx, deps, executionId, { ...decision, by: 'orchestrator' });
}
