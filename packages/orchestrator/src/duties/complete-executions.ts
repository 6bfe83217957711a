import { setTimeout as sleep } from 'node:timers/promises';
import {
  type Database,
  type ExecutionProgress,
  listExecutionProgress,
  lockForCompletion,
  type Tx,
} from '@outrider/db';
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

/** Executions that are ended at a time, each with a connection of its own. */
const AT_ONCE = 3;
/** How often others are looked for while one takes long, in milliseconds. */
const LOOK_MS = 200;

/**
 * Ends every execution that is over: the ledger has nothing leased, and nothing pending or a limit or a
 * stop says that the pending is not to be fetched. One that is busy at that moment is left to the next look;
 * one that cannot be ended, or takes long, does not keep the others from it: a few are ended at a time, and while any
 * is, those that come to be over meanwhile are as well.
 */
export async function completeExecutions(deps: CompleteDeps): Promise<DutyReport> {
  const round: Round = { ended: 0, failure: null, ending: new Map() };
  try {
    do {
      await endNext(deps, round);
    } while (round.ending.size > 0);
  } finally {
    await Promise.all(round.ending.values());
  }
  if (round.failure !== null && round.ended === 0) throw round.failure.error;
  return { ended: round.ended };
}

interface Round {
  ended: number;
  /** The first. */
  failure: { readonly error: unknown } | null;
  /** What is being ended, by execution. */
  readonly ending: Map<string, Promise<void>>;
}

/** Begins to end what is over and not being ended yet; returns when all is done, or it is time to look again. */
async function endNext(deps: CompleteDeps, round: Round): Promise<void> {
  for (const one of await listOver(deps.database)) {
    while (round.ending.size >= AT_ONCE) await Promise.race(round.ending.values());
    if (round.ending.has(one.executionId)) continue;
    const done = end(deps, one, round).finally(() => round.ending.delete(one.executionId));
    round.ending.set(one.executionId, done);
  }
  await Promise.race([Promise.all(round.ending.values()), sleep(LOOK_MS, undefined, { ref: false })]);
}

async function listOver(database: Database): Promise<ExecutionProgress[]> {
  const progress = await database.withSystem((tx) => listExecutionProgress(tx));
  return progress.filter((execution) => decideEnd(execution) !== null);
}

/** Never rejects. */
async function end(
  deps: CompleteDeps,
  { executionId, tenantId }: ExecutionProgress,
  round: Round,
): Promise<void> {
  try {
    const outcome = await deps.database.withTenant(tenantId, (tx) => endIfOver(tx, deps, executionId), {
      statementTimeoutMs: END_TIMEOUT_MS,
    });
    if (outcome === null) return;
    round.ended += 1;
    deps.logger.info({ executionId, to: outcome.to, endReason: outcome.endReason }, 'an execution ended');
  } catch (error) {
    round.failure ??= { error };
    deps.logger.error({ err: error, executionId }, 'an execution could not be ended');
  }
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
