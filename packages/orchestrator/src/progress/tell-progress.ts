import {
  appendEvent,
  claimProgress,
  type Database,
  listMovedExecutions,
  type MovedExecution,
  removeEndedSnapshots,
  storeSnapshot,
} from '@outrider/db';
import type { EventPayload, EventType } from '@outrider/shared';
import type { DutyReport } from '../duties/duty.js';
import { judgeProgress } from './judge-progress.js';

/** Between two snapshots of a campaign lie at least so many milliseconds: ten a second. */
const LEAST_MS = 100;
/** Of an execution that has run for twenty seconds they come every second: nobody looks more closely, and history stays short. */
const MOST_MS = 1_000;
/** An execution that has begun is looked for so often, in milliseconds, also when nothing else is to be told. */
const IDLE_MS = 500;
const CLEAN_UP_MS = 60_000;

/**
 * Tells the progress of running executions as snapshots: counters, milestones, bursts of errors. Nothing of this is done
 * by the lanes, which have pages to record: their counters are read. Each campaign has a transaction of its own, so that
 * a process that is stopped in the middle of one holds up no other. Reports nothing, since it does something ten times a second.
 */
export function createProgressTeller(database: Database): () => Promise<DutyReport> {
  let idleUntil = 0;
  let cleanedUpAt = performance.now();
  return async () => {
    if (performance.now() < idleUntil) return {};
    const { moved, nextInMs } = await database.withSystem(
      (tx) => listMovedExecutions(tx, { leastMs: LEAST_MS, mostMs: MOST_MS }),
      { readOnly: true },
    );
    idleUntil = performance.now() + Math.min(nextInMs ?? IDLE_MS, IDLE_MS);
    for (const execution of moved) await tell(database, execution);
    if (performance.now() - cleanedUpAt > CLEAN_UP_MS) {
      cleanedUpAt = performance.now();
      await database.withSystem(removeEndedSnapshots);
    }
    return {};
  };
}

async function tell(database: Database, execution: MovedExecution): Promise<void> {
  await database.withSystem(async (tx) => {
    const reading = await claimProgress(tx, execution, LEAST_MS);
    if (reading === null) return;
    const { milestone, burst, beginsWindow } = judgeProgress(reading);
    const append = <T extends EventType>(type: T, payload: EventPayload<T>): Promise<number> =>
      appendEvent(tx, { ...execution, type, payload });
    await append('execution.progress', reading.now);
    if (milestone !== null) await append('execution.milestone', milestone);
    if (burst !== null) await append('execution.error_burst', burst);
    await storeSnapshot(tx, execution, reading.now, beginsWindow);
  });
}
