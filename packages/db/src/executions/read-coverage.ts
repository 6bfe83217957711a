import type { CoverageReceipt, ExecutionCoverage } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';
import { readExecution } from './read-execution.js';
import { recountCoverage } from './recount-coverage.js';

/** So many URLs are recounted in some 30 ms. */
const RECOUNTED_LIVE = 10_000;

/**
 * Where the URLs of an execution went. Of one that has ended: the receipt that was recounted from its rows at the end.
 * Of one that runs: a recount while it is small; later its lanes' counters alone, since reading all rows takes seconds.
 * Throws `not_found`.
 */
export async function readCoverage(tx: Tx, executionId: string): Promise<ExecutionCoverage> {
  const { status, coverage: totals, completedAt } = await readExecution(tx, executionId);
  const stored = await readReceipt(tx, executionId);
  if (stored !== null) {
    return {
      executionId,
      status,
      source: 'receipt',
      asOf: completedAt ?? stored.asOf,
      totals,
      receipt: stored.receipt,
    };
  }
  const asOf = await readClock(tx);
  if (totals.discovered > RECOUNTED_LIVE) {
    return { executionId, status, source: 'counters', asOf, totals, receipt: null };
  }
  const { receipt } = await recountCoverage(tx, executionId);
  const { discovered, fetched, failed, skipped, pending } = receipt;
  const recounted = { discovered, fetched, failed, skipped, pending };
  return { executionId, status, source: 'recount', asOf, totals: recounted, receipt };
}

async function readReceipt(
  tx: Tx,
  executionId: string,
): Promise<{ receipt: CoverageReceipt; asOf: string } | null> {
  const [row] = await tx.sql<{ receipt: CoverageReceipt | null; updated_at: Date }[]>`
    select result_summary -> 'receipt' as receipt, updated_at from campaign_executions where id = ${executionId}`;
  return row === undefined || row.receipt === null
    ? null
    : { receipt: row.receipt, asOf: isoTime(row.updated_at) };
}

async function readClock(tx: Tx): Promise<string> {
  const [row] = await tx.sql<{ now: Date }[]>`select now() as now`;
  return isoTime(row?.now ?? new Date());
}
