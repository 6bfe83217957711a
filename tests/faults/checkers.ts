import type { TestDatabase } from '@outrider/db/testing';
import type { Oracle } from '@outrider/oracle';
import { EXECUTION_TRANSITIONS, type ExecutionState } from '@outrider/shared';
import { expect } from 'vitest';

/** What a fault test claims to have survived. Read from rows and from the site's own log, never from our counters alone. */
export interface Evidence {
  readonly db: TestDatabase;
  readonly oracle: Oracle;
  readonly executionId: string;
  /** Fetches of one URL beyond the first that the fault explains: crashes that hit its lease. */
  readonly refetchesAllowed: number;
}

const query = <T>(db: TestDatabase, work: Parameters<TestDatabase['system']['withSystem']>[0]): Promise<T> =>
  db.system.withSystem(work) as Promise<T>;

/** I1: every in-scope URL is in a terminal state, and the receipt balances. */
async function checkNothingLost({ db, oracle, executionId }: Evidence): Promise<void> {
  const rows = await query<{ url: string; state: string }[]>(
    db,
    (tx) => tx.sql`select url, state from crawl_targets where execution_id = ${executionId}`,
  );
  const open = rows.filter(({ state }) => state === 'pending' || state === 'leased');
  expect(open, 'URLs left open').toEqual([]);
  const urlsIn = (skipped: boolean): Set<string> =>
    new Set(rows.filter(({ state }) => (state === 'skipped') === skipped).map(({ url }) => url));
  expect(urlsIn(false), 'URLs with an outcome').toEqual(oracle.expected.inScopeUrls);
  expect(urlsIn(true), 'URLs left out').toEqual(oracle.expected.blockedByRobots);
}

/** I2: results are distinct keys, counters equal a recount, and no URL was fetched more often than the fault explains. */
async function checkNothingTwice({ db, oracle, executionId, refetchesAllowed }: Evidence): Promise<void> {
  const [counts] = await query<
    { results: number; fetched: number; lanes: number; campaign: number; pages: number }[]
  >(
    db,
    (tx) => tx.sql`
      select (select count(*) from crawl_results where execution_id = execution.id)::int as results,
        (select count(*) from crawl_targets where execution_id = execution.id and state = 'fetched')::int as fetched,
        (select sum(fetched) from execution_lanes where execution_id = execution.id)::int as lanes,
        (select pages_crawled from campaign_metrics where campaign_id = execution.campaign_id)::int as campaign,
        pages_crawled::int as pages
      from campaign_executions execution where id = ${executionId}`,
  );
  const expected = oracle.expected.fetched;
  expect(counts).toEqual({
    results: expected,
    fetched: expected,
    lanes: expected,
    campaign: expected,
    pages: expected,
  });
  const often = [...oracle.fetchesByUrl()].filter(
    ([url, times]) => !url.endsWith('/robots.txt') && times > 1 + refetchesAllowed,
  );
  expect(often, 'URLs fetched too often').toEqual([]);
}

/** I4 and I5: events numbered 1..n, every move legal, exactly one end, times in order. */
async function checkHistory({ db, executionId }: Evidence): Promise<void> {
  const events = await query<
    { seq: number; event_type: string; payload: { from?: ExecutionState; to?: ExecutionState }; at: Date }[]
  >(
    db,
    (tx) => tx.sql`
      select seq::int, event_type, payload, occurred_at as at from event_stream
      where campaign_id = (select campaign_id from campaign_executions where id = ${executionId}) order by seq`,
  );
  expect(events.map(({ seq }) => seq)).toEqual(events.map((_, index) => index + 1));
  const moves = events.filter(({ payload }) => payload.from !== undefined && payload.to !== undefined);
  let state: ExecutionState = 'queued';
  for (const { payload } of moves) {
    expect(payload.from).toBe(state);
    expect(EXECUTION_TRANSITIONS[state]).toContain(payload.to);
    state = payload.to ?? state;
  }
  expect(events.filter(({ event_type }) => event_type === 'execution.ended')).toHaveLength(1);
}

/** I6: never more fetches on the host at once than the campaign allows. */
function checkPoliteness({ oracle }: Evidence, maxConcurrency: number): void {
  expect(oracle.maxConcurrency()).toBeLessThanOrEqual(maxConcurrency);
}

/**
 * I7: once all is over nothing is left open in the database. The queue's own polls hold an advisory lock for
 * a moment each, so a lock counts as left over only when no look finds the database without one.
 */
async function checkNothingLeftOver({ db }: Evidence): Promise<void> {
  const [left] = await query<{ idle: number; permits: number }[]>(
    db,
    (tx) => tx.sql`
      select (select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'
          and state_change < now() - interval '5 seconds')::int as idle,
        (select count(*) from host_permits where lease_until > now())::int as permits`,
  );
  expect(left).toEqual({ idle: 0, permits: 0 });
  await expect.poll(() => advisoryLocks(db), { timeout: 10_000 }).toBe(0);
}

async function advisoryLocks(db: Evidence['db']): Promise<number> {
  const [found] = await query<{ locks: number }[]>(
    db,
    (tx) => tx.sql`
      select count(*)::int as locks from pg_locks where locktype = 'advisory'
        and database = (select oid from pg_database where datname = current_database())`,
  );
  return found?.locks ?? Number.NaN;
}

/** All of them. */
export async function checkAll(evidence: Evidence, maxConcurrency: number): Promise<void> {
  await checkNothingLost(evidence);
  await checkNothingTwice(evidence);
  await checkHistory(evidence);
  checkPoliteness(evidence, maxConcurrency);
  await checkNothingLeftOver(evidence);
}
