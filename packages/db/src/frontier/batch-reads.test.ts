import { setTimeout as sleep } from 'node:timers/promises';
import { AND_NOFOLLOW } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { type Database, openDatabase, PLANS_KEPT_MS, type Tx } from '../connect/database.js';
import { discovery, fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import type { Discovery, Settlement } from '../records/settlement.js';
import { rowsRead } from '../testing/rows-read.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import type { ClaimedTarget } from './claim-targets.js';
import { BATCH_TRANSACTION, commitBatch } from './commit-batch.js';

const TABLES = ['url_discovery_log', 'crawl_targets', 'crawl_results', 'crawl_links', 'campaign_errors'];
const SEEDS = 900;
/** So many that PostgreSQL, left to itself, would have kept a plan: it does at the sixth time. */
const ROUNDS = 8;

let db: TestDatabase;
let lanes: HeldLanes;
let worker: Database;
const openWorker = (): Database =>
  openDatabase({ url: db.url, role: 'outrider_app', applicationName: 'test worker', maxConnections: 1 });

beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  worker = openWorker();
  lanes = await holdLanes(db, {
    seeds: Array.from({ length: SEEDS }, (_, n) => `http://a.test/seed/${n}`),
  });
});
afterEach(async () => {
  await worker.close();
  await db.drop();
});

const HOP = { url: 'http://a.test/', status: 301, type: 'http', ms: 1 } as const;

/** How URLs are named at first, and again. */
const NAMINGS: readonly { what: string; first: Partial<Discovery>; again: Partial<Discovery> }[] = [
  { what: 'crawled', first: {}, again: {} },
  { what: 'allowed', first: { skip: { reason: 'nofollow', rule: 'rel: nofollow' } }, again: {} },
  {
    what: 'redirected',
    first: {},
    again: { method: 'redirect', depth: 0, isSeed: true, redirectHops: [HOP] },
  },
  { what: 'linked', first: { method: 'sitemap', depth: 0 }, again: {} },
  {
    what: 'outside',
    first: { skip: { reason: 'out_of_scope', rule: `within: host${AND_NOFOLLOW}rel: nofollow` } },
    again: { skip: { reason: 'out_of_scope', rule: 'within: host' } },
  },
];

const holdOf = ({ holds: [hold] }: HeldLanes) => {
  if (hold === undefined) throw new Error('no lane is held');
  return hold;
};

/** As lanes commit. */
const within = <T>(work: (tx: Tx) => Promise<T>): Promise<T> =>
  worker.withTenant(db.tenantId, work, BATCH_TRANSACTION);

/** Four seeds are claimed and settled: one fails, one is skipped, and one has the links. Returns how many rows committing that read. */
const commitOne = (links: readonly Discovery[]): Promise<number> => within((tx) => claimAndCommit(tx, links));

async function claimAndCommit(tx: Tx, links: readonly Discovery[]): Promise<number> {
  const hold = holdOf(lanes);
  const claimed = await tx.sql<ClaimedTarget[]>`
    update crawl_targets set state = 'leased', lane_id = ${hold.laneId}, lane_epoch = ${hold.epoch}, attempt = 1
    where execution_id = ${hold.executionId} and url_key in (
      select url_key from crawl_targets where execution_id = ${hold.executionId} and state = 'pending' and url like '%/seed/%' order by url_key limit 4)
    returning url, url_key as "urlKey", host, depth, attempt`;
  await tx.sql`update execution_lanes set in_flight = in_flight + ${claimed.length} where id = ${hold.laneId}`;
  const verdicts: Partial<Settlement>[] = [
    { discoveries: links },
    {},
    { verdict: { kind: 'skipped', reason: 'trap', rule: 'a trap' } },
    { verdict: { kind: 'failed', failureCode: 'timeout' } },
  ];
  const settlements = claimed.map((target, nth) => ({ ...fetched(target), ...verdicts[nth] }));
  expect(settlements).toHaveLength(verdicts.length);
  return rowsRead(tx, TABLES, () => commitBatch(tx, hold, { settlements, scopeHosts: [] }));
}

const named = (what: string, from: number, count: number, changes: Partial<Discovery>): Discovery[] =>
  Array.from({ length: count }, (_, n) => discovery(`http://a.test/${what}/${from + n}`, changes));

/** What the batches that name a hundred URLs again read, once the log has 65,000 lines and `meanwhile` is over. */
async function readsOfLateBatches(meanwhile: () => Promise<unknown>): Promise<Record<string, number>> {
  for (let nth = 0; nth < ROUNDS; nth += 1) {
    for (const { what, first, again } of NAMINGS) {
      await commitOne(named(what, 5 * nth, 5, first));
      await commitOne(named(what, 5 * nth, 5, again));
    }
  }
  for (const { what, first } of NAMINGS) {
    for (let nth = 1; nth <= 13; nth += 1) await commitOne(named(what, 1_000 * nth, 1_000, first));
  }
  const hold = holdOf(lanes);
  // Some of those that only a sitemap named are pages by now.
  await within(
    ({ sql }) => sql`
      insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, is_html, fetched_at,
        ttfb_ms, total_ms, wire_bytes, indexable, response)
      select execution_id, url_key, tenant_id, ${hold.campaignId}, url, host, depth, 200, true, now(), 1, 1, 1, true, '{}'
      from crawl_targets where execution_id = ${hold.executionId} and url like '%/linked/%7'`,
  );
  await meanwhile();
  const reads: Record<string, number> = {};
  for (const { what, again } of NAMINGS) reads[what] = await commitOne(named(what, 10_000, 100, again));
  const [linked] = await within(
    ({ sql }) => sql<{ raised: number; recorded: number }[]>`
      select count(*)::int as raised, count(result.depth)::int as recorded
      from crawl_targets target left join crawl_results result using (execution_id, url_key)
      where target.execution_id = ${hold.executionId} and target.url like '%/linked/100__' and target.depth = 1
        and (result.depth is null or result.depth = 1)`,
  );
  expect(linked).toEqual({ raised: 100, recorded: 10 });
  return reads;
}

describe('a batch reads the rows of its own URLs alone', () => {
  const expectFew = (reads: Record<string, number>) => {
    expect(Object.keys(reads)).toEqual(NAMINGS.map(({ what }) => what));
    for (const [what, read] of Object.entries(reads)) {
      expect(read, what).toBeGreaterThanOrEqual(100);
      expect(read, what).toBeLessThan(1_200);
    }
  };

  it('a moment after the log was short, when plans were made for that', async () => {
    expectFew(await readsOfLateBatches(() => sleep(PLANS_KEPT_MS)));
  });

  it('in an execution of which the statistics know nothing', async () => {
    const { tenantId, campaignId, executionId } = holdOf(lanes);
    // As if begun a moment earlier, in the same partitions.
    const earlier = executionId.replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
    await db.asOwner(async (sql) => {
      await sql`
        insert into url_discovery_log (execution_id, tenant_id, campaign_id, url_hash, discovered_url, host, discovery_method, url_depth,
          is_internal, should_crawl)
        select ${earlier}, ${tenantId}, ${campaignId}, gen_random_uuid(), 'http://b.test/' || n, 'b.test', 'link', 1, true, true
        from generate_series(1, 100000) as n`;
      await sql`
        insert into crawl_targets (execution_id, url_key, tenant_id, url, host, depth, state, settled_at)
        select ${earlier}, url_hash, tenant_id, discovered_url, host, url_depth, 'fetched', now()
        from url_discovery_log where execution_id = ${earlier}`;
      await sql`analyze url_discovery_log, crawl_targets`;
    });
    const begin = async (): Promise<void> => {
      // A new session plans for the values that it is given at first.
      await worker.close();
      worker = openWorker();
    };
    expectFew(await readsOfLateBatches(begin));
  });
});
