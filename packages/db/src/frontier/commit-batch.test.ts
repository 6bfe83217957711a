import { urlKey } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { LaneHold } from '../lanes/take-lane.js';
import { discovery, fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { insertDiscoveries } from '../records/insert-discoveries.js';
import type { CrawlError, Discovery, Settlement } from '../records/settlement.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import type { ClaimedTarget } from './claim-targets.js';
import { commitBatch } from './commit-batch.js';
import { readScope } from './read-scope.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

async function claimed(
  seeds: readonly string[],
  config: Parameters<typeof holdLanes>[1]['config'] = {},
): Promise<{ lanes: HeldLanes; targets: readonly ClaimedTarget[] }> {
  const lanes = await holdLanes(db, { seeds, config });
  return { lanes, targets: (await lanes.claim(0)).targets };
}

let sites = 0;
/** Four URLs of a host that no other test holds permits of. */
function fourSeeds(): string[] {
  sites += 1;
  return ['', 'two', 'three', 'four'].map((path) => `http://site-${sites}.test/${path}`);
}

function error(target: ClaimedTarget): CrawlError {
  return {
    errorType: 'network',
    severity: 'error',
    errorCode: 'connection_reset',
    errorMessage: 'it broke',
    url: target.url,
    host: target.host,
    httpStatusCode: null,
    retryCount: 0,
    context: {},
  };
}

/** One settlement of each kind: fetched with an answer of 500, failed, skipped, tried again. */
function oneOfEach(targets: readonly ClaimedTarget[]): Settlement[] {
  const [first, second, third, fourth] = targets;
  if (!first || !second || !third || !fourth) throw new Error('four URLs were wanted');
  const of = (target: ClaimedTarget) => ({
    urlKey: target.urlKey,
    attempt: target.attempt,
    discoveries: [],
    errors: [error(target)],
  });
  return [
    fetched(first, [discovery('http://a.test/found'), discovery('http://b.test/', { skip: OUTSIDE })], {
      statusCode: 500,
    }),
    { ...of(second), verdict: { kind: 'failed', failureCode: 'connection_reset' } },
    { ...of(third), verdict: { kind: 'skipped', reason: 'robots_txt', rule: 'Disallow: /' } },
    { ...of(fourth), verdict: { kind: 'retry', delayMs: 60_000, countAttempt: true } },
  ];
}
const OUTSIDE = { reason: 'out_of_scope', rule: 'within: host' } as const;

/** Everything a commit writes, as one value. */
async function everything(lanes: HeldLanes): Promise<unknown> {
  const { executionId } = lanes;
  return lanes.within(async ({ sql }) => ({
    targets: await sql`select url, state, attempt, failure_code, settled_at, lane_id from crawl_targets
      where execution_id = ${executionId} order by url`,
    log: await sql`select discovered_url, should_crawl, skip_reason, skip_rule from url_discovery_log
      where execution_id = ${executionId} order by 1`,
    results:
      await sql`select url, status_code from crawl_results where execution_id = ${executionId} order by 1`,
    errors: await sql`select count(*)::int as n from campaign_errors where execution_id = ${executionId}`,
    campaign:
      await sql`select pages_crawled, errors_encountered, urls_discovered, wire_bytes from campaign_metrics
      where campaign_id = ${lanes.holds[0]?.campaignId ?? ''}`,
    lanes: await lanes.counters(),
  }));
}

describe('a commit', () => {
  it('settles each URL by its verdict, and counts what it wrote', async () => {
    const seeds = fourSeeds();
    const { lanes, targets } = await claimed(seeds);
    expect(await lanes.commit(0, oneOfEach(targets))).toMatchObject({
      kind: 'committed',
      settled: 4,
      discovered: 2,
    });
    const states = await lanes.within(
      (tx) => tx.sql`select url, state, attempt, failure_code, not_before > now() as later from crawl_targets
        where execution_id = ${lanes.executionId} order by discovery_order`,
    );
    expect(states).toMatchObject([
      { url: seeds[0], state: 'fetched', attempt: 1, failure_code: null },
      { url: seeds[1], state: 'failed', failure_code: 'connection_reset' },
      { url: seeds[2], state: 'skipped' },
      { url: seeds[3], state: 'pending', attempt: 1, later: true },
      { url: 'http://a.test/found', state: 'pending', attempt: 0 },
    ]);
    expect(await lanes.counters()).toEqual({
      discovered: 2,
      skipped: 2,
      fetched: 1,
      failed: 1,
      errors: 2,
      in_flight: 0,
    });
  });

  it('sent twice writes once: rows and counters are those of the first', async () => {
    const { lanes, targets } = await claimed(fourSeeds());
    const batch = oneOfEach(targets);
    await lanes.commit(0, batch);
    const once = await everything(lanes);
    expect(await lanes.commit(0, batch)).toMatchObject({ kind: 'committed', settled: 0, discovered: 0 });
    expect(await everything(lanes)).toEqual(once);
  });

  it('sent again after its URL was claimed anew does not settle the new attempt', async () => {
    const { lanes, targets } = await claimed(['http://replay.test/']);
    const [target] = targets;
    if (target === undefined) throw new Error('nothing was claimed');
    const retry: Settlement = {
      ...fetched(target),
      verdict: { kind: 'retry', delayMs: 0, countAttempt: true },
    };
    await lanes.commit(0, [retry]);
    expect((await lanes.claim(0)).targets).toMatchObject([{ attempt: 2 }]);
    expect(await lanes.commit(0, [retry])).toMatchObject({ settled: 0 });
    expect(await lanes.counters()).toMatchObject({ in_flight: 1 });
  });

  it('sent again does not give back a URL whose attempt was undone and made again', async () => {
    const { lanes, targets } = await claimed(['http://undone-replay.test/']);
    const [hold] = lanes.holds;
    const [target] = targets;
    if (target === undefined || hold === undefined) throw new Error('nothing was claimed');
    const undone: Settlement = {
      ...fetched(target),
      verdict: { kind: 'retry', delayMs: 0, countAttempt: false },
    };
    const commit = (number: number) =>
      lanes.within((tx) => commitBatch(tx, hold, { settlements: [undone], scopeHosts: [], number }));
    expect(await commit(1)).toMatchObject({ settled: 1 });
    expect((await lanes.claim(0)).targets).toMatchObject([{ attempt: 1 }]);
    expect(await commit(1)).toMatchObject({ kind: 'committed', settled: 0 });
    expect(await lanes.counters()).toMatchObject({ in_flight: 1 });
    // What is new settles it.
    expect(await commit(2)).toMatchObject({ settled: 1 });
  });

  it('of a page that is not leased any more tells that what was found on it is not in the log', async () => {
    const { lanes, targets } = await claimed(fourSeeds());
    const [hold] = lanes.holds;
    const [first, second] = targets;
    if (hold === undefined || first === undefined || second === undefined)
      throw new Error('nothing was claimed');
    // As after a crash of the server that lost the claim.
    await lanes.within(
      (tx) => tx.sql`update crawl_targets set state = 'pending', lane_id = null, lane_epoch = null
        where execution_id = ${lanes.executionId} and url_key = ${first.urlKey}`,
    );
    const commit = (number: number, settlements: readonly Settlement[]) =>
      lanes.within((tx) => commitBatch(tx, hold, { settlements, scopeHosts: [], number }));
    expect(await commit(1, [fetched(first)])).toMatchObject({ settled: 0, forgotten: false });
    const found = fetched(first, [discovery('http://a.test/forgotten')]);
    expect(await commit(2, [found, fetched(second)])).toMatchObject({
      ...{ settled: 1, discovered: 0, forgotten: true },
    });
    const other = fetched(second, [discovery('http://a.test/kept')]);
    expect(await commit(2, [other])).toMatchObject({ settled: 0, forgotten: false });
  });

  it('undoes an attempt that never went out', async () => {
    const { lanes, targets } = await claimed(['http://undone.test/']);
    const back = targets.map(
      (target): Settlement => ({
        ...fetched(target),
        verdict: { kind: 'retry', delayMs: 0, countAttempt: false },
      }),
    );
    await lanes.commit(0, back);
    expect((await lanes.claim(0)).targets).toMatchObject([{ attempt: 1 }]);
  });

  it('of nothing is refused to a lane that is lost, too', async () => {
    const { lanes } = await claimed(['http://empty.test/']);
    expect(await lanes.commit(0, [])).toMatchObject({ kind: 'committed' });
    await lanes.within(
      (tx) => tx.sql`update execution_lanes set epoch = 2 where execution_id = ${lanes.executionId}`,
    );
    expect(await lanes.commit(0, [])).toEqual({ kind: 'refused' });
  });
});

describe('fencing', () => {
  it.each([
    ['an older epoch', `epoch = 2`],
    ['a lapsed lease', `lease_until = now() - interval '1 ms'`],
    ['a lane that was given back', `status = 'waiting', lease_until = null`],
    ['a finished lane', `status = 'finished', lease_until = null`],
  ])('refuses everything of %s', async (_, change) => {
    const { lanes, targets } = await claimed(fourSeeds());
    await lanes.within((tx) =>
      tx.sql.unsafe(`update execution_lanes set ${change} where execution_id = '${lanes.executionId}'`),
    );
    const before = await everything(lanes);
    expect(await lanes.commit(0, oneOfEach(targets))).toMatchObject({ kind: 'refused' });
    expect(await everything(lanes)).toEqual(before);
  });

  it('settles no URL that was leased to another epoch of the same lane', async () => {
    const { lanes, targets } = await claimed(['http://epochs.test/']);
    await lanes.within(
      (tx) => tx.sql`update crawl_targets set lane_epoch = 7 where execution_id = ${lanes.executionId}`,
    );
    const settlements = targets.map((target) => fetched(target));
    expect(await lanes.commit(0, settlements)).toMatchObject({ settled: 0 });
    expect(await lanes.counters()).toMatchObject({ fetched: 0, in_flight: 1 });
  });
});

describe('a seed that redirects', () => {
  const widen = (lanes: HeldLanes, host: string) =>
    lanes.within(async (tx) => {
      const [hold] = lanes.holds;
      if (hold === undefined) throw new Error('no lane');
      return commitBatch(tx, hold, { settlements: [], scopeHosts: [{ host, seedUrl: 'http://old.test/' }] });
    });
  const scopeOf = (lanes: HeldLanes) => lanes.within((tx) => readScope(tx, lanes.executionId));
  const eventsOf = async (lanes: HeldLanes): Promise<number> => {
    const rows = await lanes.within(
      (tx) =>
        tx.sql`select 1 from event_stream where execution_id = ${lanes.executionId} and event_type = 'scope.host_added'`,
    );
    return rows.length;
  };

  it('brings its host into scope once, with an event', async () => {
    const { lanes } = await claimed(['http://old.test/']);
    await widen(lanes, 'new.test');
    await widen(lanes, 'new.test');
    expect(await scopeOf(lanes)).toMatchObject({ hosts: ['old.test', 'new.test'], version: 2 });
    expect(await eventsOf(lanes)).toBe(1);
  });

  it('on its own host makes lanes read the folders anew, where those are the scope', async () => {
    const { lanes } = await claimed(['http://old.test/'], { scope: { within: 'prefix' } });
    await widen(lanes, 'old.test');
    expect(await scopeOf(lanes)).toMatchObject({ hosts: ['old.test'], version: 2 });
    expect(await eventsOf(lanes)).toBe(0);
  });

  it('never waits for a claim that waits for it', async () => {
    const { lanes } = await claimed(['http://old.test/']);
    for (let round = 0; round < 20; round += 1) {
      await lanes.within(
        (tx) => tx.sql`update crawl_targets set state = 'pending', lane_id = null, lane_epoch = null
        where execution_id = ${lanes.executionId}`,
      );
      await Promise.all([widen(lanes, `new-${round}.test`), lanes.claim(0), lanes.claim(0)]);
    }
    expect((await scopeOf(lanes)).version).toBe(21);
  });
});

describe('text from the web', () => {
  it('with characters that PostgreSQL has no place for is refused as data, not as a broken connection', async () => {
    const { lanes, targets } = await claimed(['http://nul.test/']);
    const broken = targets.map((target) => fetched(target, [], { title: 'a\0b' }));
    await expect(lanes.commit(0, broken)).rejects.toMatchObject({ code: '22021' });
    expect(await lanes.counters()).toMatchObject({ fetched: 0, in_flight: 1 });
    expect(urlKey('http://nul.test/')).toBe(targets[0]?.urlKey);
  });
});

describe('two lanes', () => {
  it('of which each skips URLs that the other links to lock each other out in none of 60 rounds', async () => {
    const lanes = await holdLanes(db, { seeds: ['http://crossed.test/'], config: { lanes: 2 } });
    const [first, second] = lanes.holds;
    if (first === undefined || second === undefined) throw new Error('two lanes were wanted');
    const lease = ({ laneId, epoch }: LaneHold, found: readonly Discovery[]) =>
      lanes.within(async (tx) => {
        await tx.sql`update execution_lanes set in_flight = in_flight + ${found.length} where id = ${laneId}`;
        await tx.sql`
          update crawl_targets set state = 'leased', lane_id = ${laneId}, lane_epoch = ${epoch}, attempt = 1
          where execution_id = ${lanes.executionId} and url_key = any(${found.map(({ urlKey: key }) => key)}::uuid[])`;
      });
    const skipLinkingTo = (own: readonly Discovery[], linked: readonly Discovery[]): Settlement[] =>
      own.map(({ url, urlKey: key }) => ({
        urlKey: key,
        attempt: 1,
        verdict: { kind: 'skipped', reason: 'robots_txt', rule: 'Disallow: /' },
        discoveries: linked.map((to) => discovery(to.url, { sourceUrl: url, depth: 1 })),
        errors: [],
      }));
    for (let round = 0; round < 60; round += 1) {
      const named = Array.from({ length: 10 }, (_, n) =>
        discovery(`http://crossed.test/${round}/${n}`, { method: 'sitemap', depth: 0, priority: 500 }),
      );
      await lanes.within((tx) => insertDiscoveries(tx, first, named));
      const [mine, others] = [named.slice(0, 5), named.slice(5)];
      await Promise.all([lease(first, mine), lease(second, others)]);
      const committed = await Promise.all([
        lanes.commit(0, skipLinkingTo(mine, others)),
        lanes.commit(1, skipLinkingTo(others, mine)),
      ]);
      const settled = { kind: 'committed', settled: 5 };
      expect(committed).toMatchObject([settled, settled]);
    }
    const lines = await lanes.within(
      (tx) => tx.sql<{ url_depth: number | null; skip_reason: string }[]>`
        select distinct url_depth, skip_reason from url_discovery_log
        where execution_id = ${lanes.executionId} and discovery_method = 'sitemap'`,
    );
    expect(lines).toEqual([{ url_depth: 1, skip_reason: 'robots_txt' }]);
  });
});
