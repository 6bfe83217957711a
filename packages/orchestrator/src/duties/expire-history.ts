import {
  type Database,
  dropPartition,
  expireEvidence,
  expireExecutions,
  isForgotten,
  isStatementTimeout,
  listPastPartitions,
  type PastPartition,
  sweepExpired,
} from '@outrider/db';
import type { Logger } from '@outrider/telemetry';
import type { DutyReport } from './duty.js';

/** For how long what is kept; 0 keeps it for ever. */
export interface HistoryKeeping {
  /** Ended executions of each campaign that says nothing of its own, by number and by age. */
  readonly executions: number;
  readonly days: number;
  readonly metricsDays: number;
  readonly evidenceDays: number;
  readonly auditDays: number;
}

export interface ExpireDeps {
  readonly database: Database;
  readonly logger: Logger;
  readonly keeping: HistoryKeeping;
}

const EXECUTIONS_PER_BATCH = 100;
/** Some tenths of a second, so that whatever waits for these rows does not wait long. */
const ROWS_PER_BATCH = 10_000;
/** Most batches of a run; the next one goes on. */
const BATCHES_PER_RUN = 200;

/**
 * Lets history go that nobody wants kept: executions past their number or age, in small transactions; what
 * evidence, metrics and audit log are older than theirs; and months in which nothing is wanted any more, whole.
 */
export async function expireHistory({ database, logger, keeping }: ExpireDeps): Promise<DutyReport> {
  const executions = await repeat(EXECUTIONS_PER_BATCH, () =>
    database.withSystem((tx) => expireExecutions(tx, keeping, EXECUTIONS_PER_BATCH)),
  );
  // Before the sweep: a month that goes whole need not be emptied row by row.
  const partitions = await dropForgotten(database, logger, keeping);
  const rows = await repeat(1, () => database.withSystem((tx) => sweepExpired(tx, ROWS_PER_BATCH)));
  const { evidenceDays } = keeping;
  const evidence =
    evidenceDays === 0
      ? 0
      : await database.withSystem((tx) => expireEvidence(tx, evidenceDays, ROWS_PER_BATCH));
  return { executions, partitions, rows, evidence };
}

/** Does a batch again while it brings at least `enough`; returns the sum. */
async function repeat(enough: number, batch: () => Promise<number>): Promise<number> {
  let sum = 0;
  for (let n = 0; n < BATCHES_PER_RUN; n += 1) {
    const done = await batch();
    sum += done;
    if (done < enough) break;
  }
  return sum;
}

async function dropForgotten(database: Database, logger: Logger, keeping: HistoryKeeping): Promise<number> {
  const past = await database.withSystem((tx) => listPastPartitions(tx), { readOnly: true });
  let dropped = 0;
  for (const partition of past) {
    const isGone = await database.withSystem((tx) => isForgotten(tx, partition, keeping), { readOnly: true });
    if (isGone && (await drop(database, logger, partition))) dropped += 1;
  }
  return dropped;
}

async function drop(database: Database, logger: Logger, partition: PastPartition): Promise<boolean> {
  try {
    return await database.withSystem((tx) => dropPartition(tx, partition));
  } catch (error) {
    if (!isStatementTimeout(error)) throw error;
    logger.info(
      { ...partition },
      'a month could not be dropped, since its table is busy; the next run tries again',
    );
    return false;
  }
}
