import {
  type ExecutionProblem,
  finishLanes,
  type LaneSums,
  type Recount,
  readExecution,
  recallTargets,
  recordTotals,
  recountCoverage,
  settlePending,
  sumLanes,
  summarizeExecution,
  type Tx,
  transitionExecution,
} from '@outrider/db';
import type { CoverageTotals, CrashAt, Execution } from '@outrider/shared';
import type { Logger } from '@outrider/telemetry';
import { type EndDecision, judgeOutcome } from './decide-end.js';

export interface EndDeps {
  readonly crashAt: CrashAt;
  readonly logger: Logger;
}

/**
 * Ends an execution in the caller's transaction: settles what is pending, recounts where every URL went
 * from the rows, writes receipt, totals and report, finishes the lanes, and moves it to its
 * last state. Whatever does not add up is logged and kept in `error_log`. The execution and its lanes
 * must be locked, and nothing may be leased unless the decision recalls it. Returns how it ended.
 */
export async function endExecution(
  tx: Tx,
  deps: EndDeps,
  executionId: string,
  decision: EndDecision & { readonly by: string },
): Promise<EndDecision> {
  await finishLanes(tx, executionId);
  if (decision.recall === true) {
    const recalled = await recallTargets(tx, executionId);
    deps.logger.warn({ executionId, recalled }, 'an execution was ended without waiting for a silent worker');
  }
  if (decision.settle !== null) await settlePending(tx, executionId, decision.settle);
  const recount = await recountCoverage(tx, executionId);
  const lanes = await sumLanes(tx, executionId);
  const execution = await readExecution(tx, executionId);
  const outcome = judgeOutcome(decision, recount);
  await recordEnd(tx, { execution, recount, lanes, logger: deps.logger });
  if (execution.status === 'queued' && outcome.to === 'completed') {
    // No URL was left for a worker, so it ran for no time at all.
    await transitionExecution(tx, { executionId, to: 'running', by: decision.by });
  }
  await transitionExecution(tx, {
    executionId,
    to: outcome.to,
    by: decision.by,
    endReason: outcome.endReason,
    coverage: totalsOf(recount.receipt),
  });
  deps.crashAt('in_completion');
  return outcome;
}

interface Ending {
  readonly execution: Execution;
  readonly recount: Recount;
  readonly lanes: LaneSums;
  readonly logger: Logger;
}

async function recordEnd(tx: Tx, { execution, recount, lanes, logger }: Ending): Promise<void> {
  const { receipt } = recount;
  const executionId = execution.id;
  const figures = await summarizeExecution(tx, executionId);
  const problems = findProblems(recount, lanes.coverage);
  for (const { code, message, detail } of problems) logger.error({ executionId, code, detail }, message);
  const badAnswers = (receipt.fetchedByStatus['4xx'] ?? 0) + (receipt.fetchedByStatus['5xx'] ?? 0);
  const totals = { pagesCrawled: receipt.fetched, errorsEncountered: receipt.failed + badAnswers };
  const countersMatch = !problems.some(({ code }) => code === 'counters_differ');
  const { durationSeconds, pausedSeconds, waitedSeconds } = execution;
  const crawledSeconds = durationSeconds === null ? null : durationSeconds - pausedSeconds - waitedSeconds;
  const pagesPerSecond = rateOf(receipt.fetched, crawledSeconds);
  await recordTotals(tx, executionId, {
    ...totals,
    crawlersUsed: lanes.crawlersUsed,
    memoryPeakMb: lanes.memoryPeakMb,
    summary: { receipt, countersMatch, ...figures, pagesPerSecond },
    problems,
  });
}

/** What the platform got wrong itself: rows that contradict each other, counters that drifted. Pure. */
function findProblems(recount: Recount, counted: CoverageTotals): ExecutionProblem[] {
  const { receipt, contradictions } = recount;
  const recounted = totalsOf(receipt);
  const problems: ExecutionProblem[] = [];
  if (!receipt.balanced) {
    problems.push({
      code: 'receipt_unbalanced',
      message: 'the coverage receipt does not balance',
      detail: { contradictions, ...recounted },
    });
  }
  const differs = Object.entries(recounted).some(
    ([name, value]) => counted[name as keyof CoverageTotals] !== value,
  );
  if (differs) {
    problems.push({
      code: 'counters_differ',
      message: "the lanes' counters differ from the recount",
      detail: { counted, recounted },
    });
  }
  return problems;
}

function totalsOf({ discovered, fetched, failed, skipped, pending }: CoverageTotals): CoverageTotals {
  return { discovered, fetched, failed, skipped, pending };
}

function rateOf(pages: number, seconds: number | null): number | null {
  return seconds === null || seconds <= 0 ? null : pages / seconds;
}
