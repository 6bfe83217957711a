import type { PlatformProcess } from '../../platform/child-process.js';
import { checkExecution } from '../checkers/check-execution.js';
import { readMetric } from '../recorders/process-metrics.js';
import { CONCURRENCY, type QueueBackend, type Stage, type StagePlan } from '../stage/stage.js';

/** A fault, how it is made here, and what is asked afterwards beside the invariants. */
export interface Configuration {
  /** As in the table of faults: F01. */
  readonly fault: string;
  /** What happens, in a few words. */
  readonly name: string;
  readonly backends: readonly QueueBackend[];
  /** The whole of it, from the stage to the last check, in seconds. */
  readonly limitSeconds: number;
  /** Backends on which it is also part of `npm test -- --all`. */
  readonly inTests?: readonly QueueBackend[];
  readonly plan?: StagePlan;
  run(stage: Stage): Promise<void>;
}

export const BOTH: readonly QueueBackend[] = ['postgres', 'redis'];

export interface Claim {
  /** Fetches of one URL beyond the first that the fault explains; 0 unless given. */
  readonly refetchesAllowed?: number;
  /** False for an execution that was stopped: not every URL was crawled. */
  readonly isComplete?: boolean;
  readonly maxConcurrency?: number;
  /** Least time between two fetches on the host, in milliseconds. */
  readonly delayMs?: number;
  /** What the execution calls itself at the site, where others crawl it too. */
  readonly userAgent?: string;
}

/** Asks I1, I2 and I4 to I7 of an execution that has ended. */
export async function judge(stage: Stage, executionId: string, claim: Claim = {}): Promise<void> {
  const {
    refetchesAllowed = 0,
    isComplete = true,
    maxConcurrency = CONCURRENCY,
    delayMs = 0,
    userAgent,
  } = claim;
  const { campaignId } = await stage.api.call('getExecution', { params: { id: executionId } });
  const verdicts = await checkExecution({
    db: stage.db,
    oracle: stage.oracle,
    expected: stage.expected,
    executionId,
    seenEvents: await stage.eventsOf(campaignId),
    refetchesAllowed,
    isComplete,
    maxConcurrency,
    delayMs,
    ...(userAgent === undefined ? {} : { userAgent }),
  });
  for (const { invariant, violations } of verdicts) stage.verdicts.record(invariant, violations);
}

/** I3, then all the others: the execution completes in time and everything about it is right. */
export async function completes(
  stage: Stage,
  executionId: string,
  withinMs: number,
  claim: Claim = {},
): Promise<void> {
  const status = await stage.ended(executionId, withinMs);
  stage.verdicts.record('I3', status === 'completed' ? [] : [`it ended as ${status}`]);
  if (status === 'completed') await judge(stage, executionId, claim);
}

/** I8: a process that had lost its lane tried to write, was refused, and counted that. */
export async function refusedStaleWrites(stage: Stage, stale: PlatformProcess): Promise<void> {
  let refused: number | null = null;
  await stage
    .until(
      'a stale write that was refused',
      async () => {
        refused = await readMetric(stale, 'outrider_stale_writes_refused_total', stage.hostOf(stale));
        return (refused ?? 0) > 0;
      },
      20_000,
    )
    .catch(() => undefined);
  stage.verdicts.record('I8', (refused ?? 0) > 0 ? [] : [`stale writes refused: ${refused}`]);
}
