import {
  type CoverageReceipt,
  type DiscoveryMethod,
  isBalanced,
  type SkipReason,
  type TargetState,
} from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** Rows of the ledger that are alike: a line of the discovery log beside its target. Null where the other side has no row. */
export interface LedgerGroup {
  readonly method: DiscoveryMethod | null;
  readonly shouldCrawl: boolean | null;
  readonly skipReason: SkipReason | null;
  readonly state: TargetState | null;
  readonly failureCode: string | null;
  /** 2 for 2xx. Null where there is no result. */
  readonly statusClass: number | null;
  readonly count: number;
}

/** A recount: the receipt, how many URLs contradict themselves between the tables, and what end decisions look at. */
export interface Recount {
  readonly receipt: CoverageReceipt;
  /** URLs whose rows contradict each other: a target nobody discovered, a fetched one without a result. */
  readonly contradictions: number;
  /** Targets on the frontier that were skipped; URLs the log refused at once never were on it. */
  readonly targetsSkipped: number;
}

/**
 * Counts where every URL of an execution went, from the rows themselves: each line of the discovery log
 * beside its target and its result, by full join, so that a row missing on any side is seen. One
 * statement, so one snapshot: it is true while the execution still runs, too.
 */
export async function recountCoverage(tx: Tx, executionId: string): Promise<Recount> {
  const groups = await tx.sql<LedgerGroup[]>`
    select log.discovery_method as method, log.should_crawl as "shouldCrawl", log.skip_reason as "skipReason",
      target.state, target.failure_code as "failureCode", result.status_code / 100 as "statusClass",
      count(*)::float8 as count
    from (select * from url_discovery_log where execution_id = ${executionId}) log
    full join (select url_key, state, failure_code from crawl_targets where execution_id = ${executionId}) target
      on target.url_key = log.url_hash
    full join (select url_key, status_code from crawl_results where execution_id = ${executionId}) result
      on result.url_key = target.url_key
    group by 1, 2, 3, 4, 5, 6`;
  return foldLedger(groups);
}

/** Adds groups of the ledger up to a receipt; pure. A receipt with contradictions never counts as balanced. */
export function foldLedger(groups: readonly LedgerGroup[]): Recount {
  const totals = { discovered: 0, fetched: 0, failed: 0, skipped: 0, pending: 0 };
  const failedByCode: Record<string, number> = {};
  const skippedByReason: CoverageReceipt['skippedByReason'] = {};
  const discoveredByMethod: CoverageReceipt['discoveredByMethod'] = {};
  const fetchedByStatus: Record<string, number> = {};
  let contradictions = 0;
  let targetsSkipped = 0;
  for (const group of groups) {
    const { count } = group;
    if (group.method !== null) {
      totals.discovered += count;
      discoveredByMethod[group.method] = (discoveredByMethod[group.method] ?? 0) + count;
    }
    if (group.skipReason !== null) {
      totals.skipped += count;
      skippedByReason[group.skipReason] = (skippedByReason[group.skipReason] ?? 0) + count;
    }
    if (group.statusClass !== null) addTo(fetchedByStatus, `${group.statusClass}xx`, count);
    if (group.state === 'fetched') totals.fetched += count;
    if (group.state === 'failed') {
      totals.failed += count;
      addTo(failedByCode, group.failureCode ?? 'unknown', count);
    }
    if (group.state === 'pending' || group.state === 'leased') totals.pending += count;
    if (group.state === 'skipped') targetsSkipped += count;
    if (!isConsistent(group)) contradictions += count;
  }
  const balanced = contradictions === 0 && isBalanced(totals);
  const receipt = { ...totals, balanced, failedByCode, skippedByReason, discoveredByMethod, fetchedByStatus };
  return { receipt, contradictions, targetsSkipped };
}

/** Whether the log, the frontier and the results tell the same story of a URL. */
function isConsistent({ shouldCrawl, state, statusClass }: LedgerGroup): boolean {
  if (shouldCrawl === null) return false;
  if ((state === 'fetched') !== (statusClass !== null)) return false;
  const skipped = state === 'skipped' || state === null;
  return shouldCrawl !== skipped;
}

function addTo(counts: Record<string, number>, key: string, count: number): void {
  counts[key] = (counts[key] ?? 0) + count;
}
