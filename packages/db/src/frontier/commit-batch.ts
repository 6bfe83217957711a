import type { TransactionOptions, Tx } from '../connect/database.js';
import { appendEvent } from '../events/append-event.js';
import { lockExecution } from '../executions/lock-execution.js';
import type { LaneHold } from '../lanes/take-lane.js';
import { carryPages } from '../records/carry-pages.js';
import { type DiscoveryCounts, insertDiscoveries } from '../records/insert-discoveries.js';
import { insertErrors } from '../records/insert-errors.js';
import { insertLinks } from '../records/insert-links.js';
import { insertResults } from '../records/insert-results.js';
import { insertScreenshots } from '../records/insert-screenshots.js';
import { markSkipped } from '../records/mark-skipped.js';
import type { Settlement, Verdict } from '../records/settlement.js';
import { withoutLostPages } from '../records/without-lost-pages.js';
import { closeTrapPatterns } from '../traps/close-patterns.js';
import { keepTrapBudgets } from '../traps/keep-budgets.js';

/** The transaction of a batch: a crash of the server may lose it, since its URLs are leased still; and it finds rows by key (decision 0048). */
export const BATCH_TRANSACTION = {
  durability: 'relaxed',
  plans: 'generic',
} as const satisfies TransactionOptions;

export interface Batch {
  readonly settlements: readonly Settlement[];
  /** Hosts that a seed's redirect brings into scope, with that seed. */
  readonly scopeHosts: readonly { readonly host: string; readonly seedUrl: string }[];
  /**
   * Rises from batch to batch of a lane's hold, and stays when one is sent again. Absent: told apart by attempts
   * alone, which an attempt that was undone and made again defeats.
   */
  readonly number?: number;
}

export type CommitOutcome =
  /** The lane is another worker's by now: nothing was written. */
  | { readonly kind: 'refused' }
  | {
      readonly kind: 'committed';
      readonly settled: number;
      readonly discovered: number;
      /**
       * URLs that were found are not in the log, though the lane takes them for told: their page was not leased to it
       * any more (its claim was lost in a crash of the server), or comes again whole.
       */
      readonly forgotten: boolean;
      /**
       * The last batch of this hold of the lane in the ledger before this one. Lower than the one that was said to be
       * done: the server lost that in a crash, since commits are not flushed one by one.
       */
      readonly lastBatch: number;
    };

type Settled<K extends Verdict['kind']> = Settlement & { readonly verdict: Extract<Verdict, { kind: K }> };

/**
 * Commits what became of a batch of claimed URLs: results, links, discoveries, errors, frontier states
 * and counters, in the caller's one transaction. Fenced by the lane's epoch, and idempotent: a batch
 * sent again, because the answer to its commit was lost, finds its targets settled and changes nothing.
 */
export async function commitBatch(tx: Tx, hold: LaneHold, batch: Batch): Promise<CommitOutcome> {
  // The execution before the lane, as claims lock them.
  const closed = batch.settlements.flatMap(({ closesPattern }) => closesPattern ?? []);
  if (batch.scopeHosts.length > 0 || closed.length > 0) await lockExecution(tx, hold.executionId);
  const possible = await withoutLostPages(tx, batch.settlements);
  const settled = await settleTargets(tx, hold, possible, batch.number ?? null);
  if (settled === null) return { kind: 'refused' };
  const { settlements, isRepeat, lastBatch } = settled;
  const found = await record(tx, hold, settlements);
  // Their counts are shared by all lanes: after what is settled about URLs, and with the counters.
  await Promise.all([
    insertErrors(tx, hold, errorsOf(settlements)),
    count(tx, hold, settlements, found, batch.number ?? null),
  ]);
  await widenScope(tx, hold, batch.scopeHosts);
  await closeTrapPatterns(tx, hold, closed);
  const written = new Set(settlements);
  const forgotten =
    !isRepeat && batch.settlements.some((one) => one.discoveries.length > 0 && !written.has(one));
  return {
    kind: 'committed',
    settled: settlements.length,
    discovered: found.discovered,
    forgotten,
    lastBatch,
  };
}

/**
 * Writes the rows of a batch. The statements are sent together and not one by one: the process that
 * sends them parses pages meanwhile, and each answer waited for would wait for those too. They run in
 * this order.
 */
async function record(tx: Tx, hold: LaneHold, settlements: readonly Settlement[]): Promise<DiscoveryCounts> {
  const discoveries = await keepTrapBudgets(
    tx,
    hold,
    settlements.flatMap((one) => one.discoveries),
  );
  const fetched = settlements.filter((one): one is Settled<'fetched'> => one.verdict.kind === 'fetched');
  const skipped = settlements.flatMap(({ urlKey, verdict }) =>
    verdict.kind === 'skipped' ? [{ urlKey, reason: verdict.reason, rule: verdict.rule }] : [],
  );
  const pages = fetched.map(({ urlKey, verdict }) => ({ urlKey, page: verdict.page }));
  const results = pages.filter(({ page }) => page.carriedFrom === undefined);
  const carried = pages.flatMap(({ urlKey, page }) =>
    page.carriedFrom === undefined ? [] : [{ urlKey, page, from: page.carriedFrom }],
  );
  const links = fetched.map(({ urlKey, verdict }) => ({ urlKey, links: verdict.links }));
  const screenshots = fetched.flatMap(({ urlKey, verdict: { screenshot } }) =>
    screenshot === undefined ? [] : [{ urlKey, screenshot }],
  );
  const skippedKeys = skipped.map(({ urlKey }) => urlKey);
  // Whoever names the same URLs waits from their first line in the log until the commit: that comes after all that is a lane's own.
  const [, , , , found] = await Promise.all([
    insertResults(tx, hold, results),
    insertLinks(tx, hold, links),
    carryPages(tx, hold, carried),
    insertScreenshots(tx, hold, screenshots),
    insertDiscoveries(tx, hold, discoveries, skippedKeys).then(async (counts) => {
      // The log keeps the last decision: what was to be crawled and is not, with the reason.
      await markSkipped(tx, hold.executionId, skipped);
      return counts;
    }),
  ]);
  return found;
}

function errorsOf(settlements: readonly Settlement[]) {
  return settlements.flatMap((one) => one.errors.map((error) => ({ urlKey: one.urlKey, error })));
}

/**
 * Moves the targets out of `leased` and returns the settlements of those that were: the others are settled
 * already, also those of a batch that is sent again (`isRepeat`). Null when the lane is another's. The lane's row
 * stays locked, so that the reconciler cannot take the lane between here and the commit.
 */
async function settleTargets(
  tx: Tx,
  hold: LaneHold,
  settlements: readonly Settlement[],
  number: number | null,
): Promise<{
  readonly settlements: readonly Settlement[];
  readonly isRepeat: boolean;
  readonly lastBatch: number;
} | null> {
  const rows = await tx.sql<{ url_key: string | null; last_batch: number }[]>`
    with held as materialized (
      select last_batch from execution_lanes
      where id = ${hold.laneId} and epoch = ${hold.epoch} and status = 'active' and lease_until > now() for update
    ), moved as (
      update crawl_targets target
      set state = settled.state, lane_id = null, lane_epoch = null, failure_code = settled.failure_code,
          settled_at = case when settled.state = 'pending' then null else now() end,
          attempt = target.attempt - settled.undone_attempts,
          not_before = case when settled.state = 'pending' then now() + settled.delay_ms * interval '1 millisecond' else target.not_before end
      from unnest(
        ${settlements.map(({ urlKey }) => urlKey)}::uuid[],
        ${settlements.map(({ verdict }) => (verdict.kind === 'retry' ? 'pending' : verdict.kind))}::text[],
        ${settlements.map(({ verdict }) => (verdict.kind === 'failed' ? verdict.failureCode : null))}::text[],
        ${settlements.map(({ verdict }) => (verdict.kind === 'retry' ? verdict.delayMs : 0))}::float8[],
        ${settlements.map(({ verdict }) => (verdict.kind === 'retry' && !verdict.countAttempt ? 1 : 0))}::smallint[],
        ${settlements.map(({ attempt }) => attempt ?? null)}::smallint[]
      ) as settled (url_key, state, failure_code, delay_ms, undone_attempts, attempt)
      where exists (select from held where ${number}::bigint is null or last_batch < ${number}::bigint)
        and target.execution_id = ${hold.executionId} and target.url_key = settled.url_key and target.state = 'leased'
        and target.lane_id = ${hold.laneId} and target.lane_epoch = ${hold.epoch} and target.attempt = coalesce(settled.attempt, target.attempt)
      returning target.url_key
    )
    select moved.url_key, last_batch::float8 from held left join moved on true`;
  const [first] = rows;
  if (first === undefined) return null;
  const moved = new Set(rows.map((row) => row.url_key));
  return {
    settlements: settlements.filter(({ urlKey }) => moved.has(urlKey)),
    isRepeat: number !== null && first.last_batch >= number,
    lastBatch: first.last_batch,
  };
}

/** Counters move in the same transaction as the rows they count: the lane's own, then, last, the campaign's shared row. */
async function count(
  tx: Tx,
  hold: LaneHold,
  settlements: readonly Settlement[],
  found: DiscoveryCounts,
  number: number | null,
): Promise<void> {
  const of = (kind: Verdict['kind']): number =>
    settlements.filter(({ verdict }) => verdict.kind === kind).length;
  const pages = settlements.flatMap(({ verdict }) => (verdict.kind === 'fetched' ? [verdict.page] : []));
  const errors = of('failed') + pages.filter((page) => page.statusCode >= 400).length;
  const wireBytes = pages.reduce((sum, page) => sum + page.wireBytes, 0);
  const lane = tx.sql`
    update execution_lanes
    set discovered = discovered + ${found.discovered}, skipped = skipped + ${found.skipped - found.allowed + of('skipped')},
        fetched = fetched + ${pages.length}, failed = failed + ${of('failed')}, errors = errors + ${errors},
        wire_bytes = wire_bytes + ${wireBytes}, in_flight = in_flight - ${settlements.length},
        last_batch = greatest(last_batch, ${number ?? 0}),
        page_allowance = page_allowance + case when page_day is null then 0 else ${settlements.length - pages.length} end
    where id = ${hold.laneId}`;
  // Of two batches at midnight the one that began earlier may come later: it does not turn the day back.
  const today = tx.sql`(now() at time zone 'UTC')::date`;
  const campaign = tx.sql`
    update campaign_metrics
    set pages_crawled = pages_crawled + ${pages.length},
        pages_of_day = case when pages_day >= ${today} then pages_of_day else 0 end + ${pages.length}, pages_day = greatest(pages_day, ${today}),
        errors_encountered = errors_encountered + ${errors},
        urls_discovered = urls_discovered + ${found.discovered}, wire_bytes = wire_bytes + ${wireBytes}, last_activity_at = now()
    where campaign_id = ${hold.campaignId}`;
  await Promise.all([lane, campaign]);
}

/**
 * Adds the hosts that seeds redirect to, and raises the scope's version, which makes every lane read it
 * anew. Within folders (`prefix`) a seed widens the scope on its own host too.
 */
async function widenScope(tx: Tx, hold: LaneHold, hosts: Batch['scopeHosts']): Promise<void> {
  for (const { host, seedUrl } of hosts) {
    const [before] = await tx.sql<{ known: boolean; by_folder: boolean }[]>`
      select scope_hosts @> array[${host}] as known, config #>> '{scope,within}' = 'prefix' as by_folder
      from campaign_executions where id = ${hold.executionId}`;
    if (before === undefined || (before.known && !before.by_folder)) continue;
    await tx.sql`
      update campaign_executions
      set scope_hosts = case when scope_hosts @> array[${host}] then scope_hosts else array_append(scope_hosts, ${host}) end,
        scope_version = scope_version + 1
      where id = ${hold.executionId}`;
    if (before.known) continue;
    await appendEvent(tx, {
      tenantId: hold.tenantId,
      campaignId: hold.campaignId,
      executionId: hold.executionId,
      type: 'scope.host_added',
      payload: { host, seedUrl },
    });
  }
}
