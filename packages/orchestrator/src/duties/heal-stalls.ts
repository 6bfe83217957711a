import {
  clearRecovered,
  countStalls,
  type Database,
  isDiskFull,
  isStatementTimeout,
  listNextExecutions,
  listStillExecutions,
  lockWatch,
  type NotedStall,
  noteStall,
  probeDatabase,
  readStallFacts,
  type StallFacts,
  type StallReport,
  type StillExecution,
  type Tx,
  takeProgressMarks,
} from '@outrider/db';
import type { LaneQueue } from '@outrider/queue';
import { type CrashAt, STALL_CAUSE_NAMES } from '@outrider/shared';
import type { Logger, Metrics } from '@outrider/telemetry';
import { type Diagnosis, diagnoseStall, type Vitals } from '../stalls/diagnose-stall.js';
import { giveWay } from '../stalls/give-way.js';
import { repairStall } from '../stalls/repair-stall.js';
import type { DutyReport } from './duty.js';

export interface HealDeps {
  readonly database: Database;
  readonly laneQueue: LaneQueue;
  readonly metrics: Metrics<'orchestrator'>;
  readonly logger: Logger;
  readonly crashAt: CrashAt;
  readonly laneLeaseMs: number;
  /** How long an execution may get nothing done, in milliseconds, besides the time that a fetch may take. */
  readonly stallAfterMs: number;
}

/** What is read for a diagnosis takes milliseconds; longer means that the database is what is wrong. */
const FACTS_TIMEOUT_MS = 5_000;

/**
 * The stall doctor: notices executions that should move and do not, says why, repairs what can be repaired, and
 * takes it back when they move again. A stall is no state: the execution stays what it is, and goes on by
 * itself when the cause is gone. One that cannot be examined holds up no other.
 */
export async function healStalls(deps: HealDeps): Promise<DutyReport> {
  try {
    return await examineAll(deps);
  } catch (error) {
    // With a disk that takes nothing, nothing can be noted either.
    if (!isDiskFull(error)) throw error;
    deps.logger.error({ err: error }, 'the disk of the database is full: every execution stands still');
    deps.metrics.set('outrider_stalled_executions', { cause: 'disk_full' }, 1);
    return { unnoted: 1 };
  }
}

async function examineAll(deps: HealDeps): Promise<DutyReport> {
  const { database, logger } = deps;
  await database.withSystem((tx) => takeProgressMarks(tx));
  const report = { stalled: 0, repaired: 0, recovered: await clearAll(database) };
  const still = await database.withSystem((tx) => listStillExecutions(tx, deps.stallAfterMs));
  if (still.length > 0) {
    const vitals = await takeVitals(deps);
    for (const execution of still) {
      try {
        const noted = await heal(deps, execution, vitals);
        if (noted === null) continue;
        report.stalled += 1;
        report.repaired += noted.repairs.length;
        logger.warn({ executionId: execution.executionId, ...noted }, 'an execution gets nothing done');
      } catch (error) {
        if (isDiskFull(error)) throw error;
        logger.error({ err: error, executionId: execution.executionId }, 'a stall could not be looked into');
      }
    }
  }
  await observe(deps);
  return report;
}

async function clearAll(database: Database): Promise<number> {
  let cleared = 0;
  while ((await database.withSystem((tx) => clearRecovered(tx))) > 0) cleared += 1;
  return cleared;
}

/** What is the same for all executions that are looked at in one round. */
interface RoundVitals extends Pick<Vitals, 'database' | 'queue'> {
  /** The executions whose turn it is. */
  readonly next: ReadonlySet<string>;
}

async function takeVitals({ database, laneQueue }: HealDeps): Promise<RoundVitals> {
  const [vitals, next, waiting] = await Promise.all([
    probeDatabase(database),
    listNext(database),
    laneQueue.depth().then(
      (depth) => depth.waiting,
      () => null,
    ),
  ]);
  return { database: vitals, queue: { waiting }, next: new Set(next) };
}

/** Of a database that is too slow to say, that is what is told. */
async function listNext(database: Database): Promise<readonly string[]> {
  try {
    return await database.withSystem((tx) => listNextExecutions(tx), {
      statementTimeoutMs: FACTS_TIMEOUT_MS,
      readOnly: true,
    });
  } catch (error) {
    if (isStatementTimeout(error)) return [];
    throw error;
  }
}

async function heal(
  deps: HealDeps,
  execution: StillExecution,
  { next, ...vitals }: RoundVitals,
): Promise<StallReport | null> {
  const { database, laneLeaseMs } = deps;
  const { executionId, patienceMs } = execution;
  const facts = await readFacts(database, execution, laneLeaseMs);
  if (facts === null) return null;
  const diagnosis =
    facts === 'too_slow'
      ? TOO_SLOW
      : diagnoseStall(facts, { ...vitals, isItsTurn: next.has(executionId), patienceMs });
  if (diagnosis === null) return null;
  // With a full disk a row that is there may be changed, but an event needs a new one.
  if (diagnosis.cause === 'disk_full') {
    return database.withSystem((tx) => noteQuietly(tx, execution, diagnosis));
  }
  try {
    return await database.withSystem((tx) => note(tx, deps, execution, facts, diagnosis));
  } catch (error) {
    if (!isStatementTimeout(error)) throw error;
    // What would be repaired is locked; that it is stalled is noted all the same.
    return database.withSystem((tx) => note(tx, deps, execution, 'too_slow', diagnosis));
  }
}

const TOO_SLOW: Diagnosis = {
  cause: 'database_slow',
  diagnosis: { unansweredMs: FACTS_TIMEOUT_MS },
};

async function readFacts(
  database: Database,
  { executionId }: StillExecution,
  laneLeaseMs: number,
): Promise<StallFacts | 'too_slow' | null> {
  try {
    return await database.withSystem((tx) => readStallFacts(tx, executionId, laneLeaseMs), {
      statementTimeoutMs: FACTS_TIMEOUT_MS,
      readOnly: true,
    });
  } catch (error) {
    if (isStatementTimeout(error)) return 'too_slow';
    throw error;
  }
}

async function note(
  tx: Tx,
  deps: HealDeps,
  execution: StillExecution,
  facts: StallFacts | 'too_slow',
  diagnosis: Diagnosis,
): Promise<StallReport | null> {
  const noted = await lockWatch(tx, execution.executionId);
  if (noted === null) return null;
  const gaveWay =
    facts === 'too_slow' || isTooNew(noted, diagnosis)
      ? null
      : await giveWay(tx, deps, execution, facts, diagnosis);
  // A repair gets as long to help as a stall takes to be one.
  const isDue = noted.repairedMsAgo === null || noted.repairedMsAgo > deps.stallAfterMs;
  const repairs =
    gaveWay !== null
      ? [gaveWay]
      : facts !== 'too_slow' && isDue
        ? await repairStall(tx, execution, facts, diagnosis)
        : [];
  // The end of an execution is the last that is said of it.
  if (gaveWay === null) await noteStall(tx, execution, noted, { ...diagnosis, repairs }, false);
  for (const { repair } of repairs) {
    deps.metrics.increment('outrider_reconciler_repairs_total', { repair });
  }
  return { ...diagnosis, repairs };
}

/** A place may have come free a moment ago: that its turn has come and nobody takes it must hold at two looks. */
function isTooNew({ cause: before }: NotedStall, { cause }: Diagnosis): boolean {
  return cause === 'queue_and_ledger_apart' && before !== cause;
}

async function noteQuietly(
  tx: Tx,
  execution: StillExecution,
  diagnosis: Diagnosis,
): Promise<StallReport | null> {
  const noted = await lockWatch(tx, execution.executionId);
  if (noted === null) return null;
  const report = { ...diagnosis, repairs: [] };
  await noteStall(tx, execution, noted, report, true);
  return report;
}

async function observe({ database, metrics }: HealDeps): Promise<void> {
  const counts = await database.withSystem((tx) => countStalls(tx));
  for (const cause of STALL_CAUSE_NAMES) {
    metrics.set('outrider_stalled_executions', { cause }, counts.get(cause) ?? 0);
  }
}
