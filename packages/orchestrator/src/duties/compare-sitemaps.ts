import { type Database, storeSitemapDifferences, type Tx, takeUncomparedExecution } from '@outrider/db';
import type { DutyReport } from './duty.js';

/** Every linked URL is read once: half a minute at ten million. */
const COMPARE_TIMEOUT_MS = 1_800_000;

/** Compares sitemaps and links of every execution whose links are indexed and that has not been compared, one after another. */
export async function compareEndedExecutions(database: Database): Promise<DutyReport> {
  let compared = 0;
  while (await database.withSystem(compareNext, { statementTimeoutMs: COMPARE_TIMEOUT_MS, singleCore: true }))
    compared += 1;
  return { compared };
}

async function compareNext(tx: Tx): Promise<boolean> {
  const executionId = await takeUncomparedExecution(tx);
  if (executionId !== null) await storeSitemapDifferences(tx, executionId);
  return executionId !== null;
}
