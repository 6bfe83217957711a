import { type Database, indexInlinks, type Tx, takeUnindexedExecution } from '@outrider/db';
import type { DutyReport } from './duty.js';

/** Sorting the links of ten million pages takes a quarter of an hour. */
const INDEX_TIMEOUT_MS = 3_600_000;

/** Makes the inlinks of every ended execution that has none yet, one after another. */
export async function indexEndedExecutions(database: Database): Promise<DutyReport> {
  let indexed = 0;
  while (await database.withSystem(indexNext, { statementTimeoutMs: INDEX_TIMEOUT_MS, singleCore: true }))
    indexed += 1;
  return { indexed };
}

async function indexNext(tx: Tx): Promise<boolean> {
  const executionId = await takeUnindexedExecution(tx);
  if (executionId !== null) await indexInlinks(tx, executionId);
  return executionId !== null;
}
