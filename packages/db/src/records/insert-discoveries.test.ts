import { AND_NOFOLLOW, crawlPriority, SITEMAP_PRIORITY } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { recountCoverage } from '../executions/recount-coverage.js';
import { listOutsiders } from '../frontier/outsiders.js';
import { discovery, fetched, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { awaitLockWait } from '../testing/lock-waits.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { type DiscoveryCounts, insertDiscoveries } from './insert-discoveries.js';
import type { Discovery } from './settlement.js';

let db: TestDatabase;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const open = (lanes = 1): Promise<HeldLanes> =>
  holdLanes(db, { seeds: ['http://a.test/'], config: { lanes } });

function insert(lanes: HeldLanes, found: readonly Discovery[], lane = 0): Promise<DiscoveryCounts> {
  const hold = lanes.holds[lane];
  if (hold === undefined) throw new RangeError(`there is no lane ${lane}`);
  return lanes.within((tx) => insertDiscoveries(tx, hold, found));
}

async function logOf(lanes: HeldLanes): Promise<Record<string, string>> {
  const rows = await lanes.within(
    (tx) => tx.sql<{ url: string; verdict: string }[]>`
      select log.discovered_url as url, coalesce(log.skip_reason, target.state, 'missing') as verdict
      from url_discovery_log log left join crawl_targets target
        on target.execution_id = log.execution_id and target.url_key = log.url_hash
      where log.execution_id = ${lanes.executionId} and log.discovery_method <> 'seed'`,
  );
  return Object.fromEntries(rows.map(({ url, verdict }) => [url, verdict]));
}

const skip = (
  reason:
    | 'nofollow'
    | 'depth_limit'
    | 'excluded_pattern'
    | 'redirect_limit'
    | 'out_of_scope'
    | 'not_in_list'
    | 'trap',
) => ({
  reason,
  rule: 'a rule',
});
const X = 'http://a.test/x';
const OUTSIDE = { reason: 'out_of_scope', rule: 'within: host' } as const;
const BARRED = { reason: 'out_of_scope', rule: `within: host${AND_NOFOLLOW}rel: nofollow` } as const;
const REDIRECTED = { reason: 'out_of_scope', rule: 'redirect_out_of_scope, within: host' } as const;

/** Lane 0 inserts `first` and commits only once the insert of `then` by lane 1 waits for that. */
async function insertBeside(lanes: HeldLanes, first: Discovery, then: Discovery): Promise<void> {
  const [hold] = lanes.holds;
  if (hold === undefined) throw new Error('no lane is held');
  let second: Promise<unknown> = Promise.resolve();
  await lanes.within(async (tx) => {
    await insertDiscoveries(tx, hold, [first]);
    second = insert(lanes, [then], 1);
    await awaitLockWait(db);
  });
  await second;
}

describe('a URL that two lanes name at the same moment', () => {
  const lineOf = (lanes: HeldLanes) =>
    lanes.within(
      (tx) => tx.sql<Record<string, unknown>[]>`
        select log.url_depth, log.should_crawl, log.skip_rule, log.discovery_method, target.depth as target_depth
        from url_discovery_log log left join crawl_targets target
          on target.execution_id = log.execution_id and target.url_key = log.url_hash
        where log.execution_id = ${lanes.executionId} and log.discovered_url = ${X}`,
    );
  const cases: [string, Discovery, Discovery, Record<string, unknown>][] = [
    [
      'by a sitemap and by a link has the depth of the link',
      discovery(X, { method: 'sitemap', depth: 0, priority: SITEMAP_PRIORITY }),
      discovery(X, { depth: 3, priority: crawlPriority(3) }),
      { url_depth: 3, should_crawl: true, discovery_method: 'sitemap', target_depth: 3 },
    ],
    [
      'outside the scope by a nofollow link and by one that may be followed stands there by the second',
      discovery(X, { skip: BARRED }),
      discovery(X, { skip: OUTSIDE }),
      { should_crawl: false, skip_rule: OUTSIDE.rule },
    ],
    [
      'by a nofollow link and by one that may be followed is crawled',
      discovery(X, { skip: skip('nofollow') }),
      discovery(X),
      { should_crawl: true, skip_rule: null },
    ],
  ];

  it.each(cases)('%s', async (_, first, then, expected) => {
    const lanes = await open(2);
    await insertBeside(lanes, first, then);
    expect(await lineOf(lanes)).toMatchObject([expected]);
  });
});

describe('discoveries', () => {
  it('go to the log, and those to be crawled to the frontier', async () => {
    const lanes = await open();
    const found = [discovery(X), discovery('http://b.test/', { skip: skip('out_of_scope') })];
    expect(await insert(lanes, found)).toEqual({ discovered: 2, skipped: 1, allowed: 0 });
    expect(await logOf(lanes)).toEqual({ [X]: 'pending', 'http://b.test/': 'out_of_scope' });
  });

  it('of one batch that name a URL twice: to crawl it beats to skip it, and closer beats deeper', async () => {
    const lanes = await open();
    const found = [
      discovery(X, { skip: skip('nofollow') }),
      discovery(X, { depth: 4 }),
      discovery(X, { depth: 2, sourceUrl: 'http://a.test/near' }),
      discovery(X, { depth: 1, skip: skip('nofollow') }),
    ];
    expect(await insert(lanes, found)).toEqual({ discovered: 1, skipped: 0, allowed: 0 });
    const [row] = await lanes.within(
      (tx) =>
        tx.sql`select depth from crawl_targets where execution_id = ${lanes.executionId} and url = ${X}`,
    );
    expect(row).toEqual({ depth: 2 });
  });

  it('of a sitemap take the depth and the priority of the first link that leads to them, while they wait', async () => {
    const lanes = await open();
    const ofSitemap = { method: 'sitemap', depth: 0, priority: SITEMAP_PRIORITY } as const;
    const fetchedUrl = 'http://a.test/fetched';
    await insert(lanes, [discovery(X, ofSitemap), discovery(fetchedUrl, ofSitemap)]);
    await lanes.within(
      (tx) => tx.sql`
        update crawl_targets set state = 'fetched', settled_at = now()
        where execution_id = ${lanes.executionId} and url = ${fetchedUrl}`,
    );
    const linked = (url: string, depth: number) => discovery(url, { depth, priority: crawlPriority(depth) });
    expect(await insert(lanes, [linked(X, 3), linked(fetchedUrl, 2)])).toMatchObject({ discovered: 0 });
    await insert(lanes, [linked(X, 1)]);
    const rows = await lanes.within(
      (tx) => tx.sql`
        select log.discovery_method as method, log.url_depth as log_depth, target.depth, target.priority
        from url_discovery_log log join crawl_targets target
          on target.execution_id = log.execution_id and target.url_key = log.url_hash
        where log.execution_id = ${lanes.executionId} and log.discovery_method = 'sitemap' order by target.state desc`,
    );
    expect(rows).toEqual([
      { method: 'sitemap', log_depth: 3, depth: 3, priority: crawlPriority(3) },
      { method: 'sitemap', log_depth: 2, depth: 0, priority: SITEMAP_PRIORITY },
    ]);
  });

  it('that come again change nothing', async () => {
    const lanes = await open();
    await insert(lanes, [discovery(X)]);
    expect(await insert(lanes, [discovery(X, { skip: skip('nofollow') })])).toMatchObject({ discovered: 0 });
    expect(await insert(lanes, [discovery(X, { depth: 0 })])).toEqual({
      discovered: 0,
      skipped: 0,
      allowed: 0,
    });
    expect(await logOf(lanes)).toEqual({ [X]: 'pending' });
  });

  it.each(['nofollow', 'depth_limit', 'redirect_limit', 'out_of_scope'] as const)(
    'skipped for %s are crawled once another way leads to them',
    async (reason) => {
      const lanes = await open();
      await insert(lanes, [discovery(X, { depth: 9, skip: skip(reason), isInternal: false })]);
      const later = discovery(X, { depth: 2, sourceUrl: 'http://a.test/other' });
      expect(await insert(lanes, [later])).toEqual({ discovered: 0, skipped: 0, allowed: 1 });
      const [row] = await lanes.within(
        (tx) => tx.sql`
          select log.should_crawl, log.skip_rule, log.url_depth, log.source_url, log.is_internal, target.state, target.depth
          from url_discovery_log log join crawl_targets target
            on target.execution_id = log.execution_id and target.url_key = log.url_hash
          where log.execution_id = ${lanes.executionId} and log.discovered_url = ${X}`,
      );
      expect(row).toEqual({
        should_crawl: true,
        skip_rule: null,
        url_depth: 2,
        source_url: 'http://a.test/other',
        is_internal: true,
        state: 'pending',
        depth: 2,
      });
      expect(await insert(lanes, [later])).toEqual({ discovered: 0, skipped: 0, allowed: 0 });
    },
  );

  describe.each([
    ['a nofollow link', discovery(X, { depth: 1, skip: BARRED })],
    ['a redirect', discovery(X, { depth: 1, method: 'redirect', skip: REDIRECTED })],
  ])('outside the scope that %s named first', (_, first) => {
    const outsiders = (lanes: HeldLanes) =>
      lanes.within((tx) => listOutsiders(tx, lanes.executionId, { after: null, limit: 10 }));

    it('wait for a wider scope once a link that may be followed names them', async () => {
      const lanes = await open();
      await insert(lanes, [first]);
      expect(await outsiders(lanes)).toEqual([]);
      const later = discovery(X, { depth: 4, sourceUrl: 'http://a.test/other', skip: OUTSIDE });
      expect(await insert(lanes, [later])).toEqual({ discovered: 0, skipped: 0, allowed: 0 });
      expect(await outsiders(lanes)).toMatchObject([
        { url: X, method: 'link', depth: 4, sourceUrl: 'http://a.test/other' },
      ]);
      await insert(lanes, [first]);
      expect(await outsiders(lanes)).toHaveLength(1);
    });

    it('wait for a wider scope once a sitemap names them', async () => {
      const lanes = await open();
      await insert(lanes, [first]);
      await insert(lanes, [discovery(X, { depth: 0, method: 'sitemap', skip: OUTSIDE })]);
      expect(await outsiders(lanes)).toMatchObject([{ url: X, method: 'sitemap', depth: 1 }]);
    });

    it('wait for a wider scope when one batch has both', async () => {
      const lanes = await open();
      await insert(lanes, [first, discovery(X, { depth: 4, skip: OUTSIDE })]);
      expect(await outsiders(lanes)).toMatchObject([{ url: X, method: 'link', depth: 4 }]);
    });
  });

  it('skipped for what they are stay skipped', async () => {
    const lanes = await open();
    await insert(lanes, [discovery(X, { skip: skip('excluded_pattern') })]);
    expect(await insert(lanes, [discovery(X)])).toMatchObject({ allowed: 0 });
    expect(await logOf(lanes)).toEqual({ [X]: 'excluded_pattern' });
  });

  it('that are allowed after all leave the count of discovered as it is and lower that of skipped', async () => {
    const lanes = await holdLanes(db, { seeds: ['http://a.test/', 'http://a.test/2'] });
    const [first, second] = (await lanes.claim(0)).targets;
    if (first === undefined || second === undefined) throw new Error('two URLs were wanted');
    await lanes.commit(0, [fetched(first, [discovery(X, { skip: skip('nofollow') })])]);
    expect(await lanes.counters()).toMatchObject({ discovered: 1, skipped: 1 });
    await lanes.commit(0, [fetched(second, [discovery(X)])]);
    expect(await lanes.counters()).toMatchObject({ discovered: 1, skipped: 0 });
  });
});

describe('where a seed redirects to', () => {
  const hop = { url: 'http://a.test/', status: 301, type: 'http', ms: 1 } as const;
  const redirectTo = (url: string): Discovery =>
    discovery(url, { method: 'redirect', depth: 0, isSeed: true, redirectHops: [hop] });
  const redirected = redirectTo(X);

  interface Standing {
    readonly state: string;
    readonly is_seed: boolean;
    readonly hops: number;
    readonly depth: number;
    readonly log_depth: number | null;
  }
  async function standingOf(lanes: HeldLanes, url = X): Promise<Standing | undefined> {
    const [row] = await lanes.within(
      (tx) => tx.sql<Standing[]>`
        select target.state, target.is_seed, coalesce(jsonb_array_length(target.redirect_hops), 0) as hops,
          target.depth, log.url_depth as log_depth
        from crawl_targets target join url_discovery_log log
          on log.execution_id = target.execution_id and log.url_hash = target.url_key
        where target.execution_id = ${lanes.executionId} and target.url = ${url}`,
    );
    return row;
  }
  const asSeed = { state: 'pending', is_seed: true, hops: 1, depth: 0, log_depth: 0 };

  it.each([
    ['not_in_list', 'link'],
    ['not_in_list', 'sitemap'],
    ['trap', 'link'],
    ['trap', 'sitemap'],
  ] as const)('is crawled, though it was skipped for %s when a %s named it', async (reason, method) => {
    const lanes = await open();
    await insert(lanes, [discovery(X, { method, skip: skip(reason) })]);
    expect(await insert(lanes, [redirected])).toEqual({ discovered: 0, skipped: 0, allowed: 1 });
    expect(await standingOf(lanes)).toEqual(asSeed);
    expect(await insert(lanes, [redirected])).toEqual({ discovered: 0, skipped: 0, allowed: 0 });
  });

  it('is alone in passing the guards', async () => {
    const lanes = await open();
    await insert(lanes, [discovery(X, { skip: skip('trap') })]);
    await insert(lanes, [discovery(X), { ...redirected, isSeed: false }]);
    expect(await logOf(lanes)).toEqual({ [X]: 'trap' });
  });

  it('is crawled, though it was taken from the frontier as a trap, and the counters say so', async () => {
    const [one, two, url] = ['http://own.test/', 'http://own.test/2', 'http://own.test/x'] as const;
    const lanes = await holdLanes(db, { seeds: [one, two] });
    const [first, second] = (await lanes.claim(0)).targets;
    if (first === undefined || second === undefined) throw new Error('two URLs were wanted');
    await lanes.commit(0, [fetched(first, [discovery(url)])]);
    const [trapped] = (await lanes.claim(0)).targets;
    if (trapped === undefined) throw new Error('a URL was wanted');
    const refusal = {
      kind: 'skipped',
      reason: 'trap',
      rule: 'traps.maxDuplicates: 100 of a.test/x',
    } as const;
    const { urlKey, attempt } = trapped;
    await lanes.commit(0, [{ urlKey, attempt, verdict: refusal, discoveries: [], errors: [] }]);
    expect(await lanes.counters()).toMatchObject({ discovered: 1, skipped: 1 });
    await lanes.commit(0, [fetched(second, [redirectTo(url)])]);
    expect(await standingOf(lanes, url)).toEqual(asSeed);
    const again = await lanes.claim(0);
    expect(again.targets).toMatchObject([{ url, isSeed: true, attempt: 1, redirectHops: [hop] }]);
    await lanes.commit(
      0,
      again.targets.map((target) => fetched(target)),
    );
    const { receipt } = await lanes.within((tx) => recountCoverage(tx, lanes.executionId));
    expect(receipt).toMatchObject({ balanced: true, discovered: 3, fetched: 3, skipped: 0 });
    expect(await lanes.counters()).toMatchObject({ discovered: 1, fetched: 3, skipped: 0, in_flight: 0 });
  });

  it.each([
    ['a link', { depth: 2 }, { ...asSeed, depth: 2, log_depth: 2 }],
    ['a sitemap', { method: 'sitemap', depth: 0 }, asSeed],
  ] as const)('stands in for the seed also where %s put it on the frontier before', async (_, named, row) => {
    const lanes = await open();
    await insert(lanes, [discovery(X, named)]);
    expect(await insert(lanes, [redirected])).toEqual({ discovered: 0, skipped: 0, allowed: 0 });
    expect(await standingOf(lanes)).toEqual(row);
  });

  it('stands in for it also where a page that a sitemap lists redirects there in the same batch', async () => {
    const lanes = await open();
    await insert(lanes, [{ ...redirected, isSeed: false }, redirected]);
    expect(await standingOf(lanes)).toEqual(asSeed);
  });

  it('stays a seed as it was given where it is one', async () => {
    const lanes = await holdLanes(db, { seeds: ['http://a.test/', X] });
    await insert(lanes, [redirected]);
    expect(await standingOf(lanes)).toEqual({ ...asSeed, hops: 0 });
  });
});

describe('two lanes', () => {
  it('that find the same pages at once lock each other out in none of 200 rounds, and count each once', async () => {
    const lanes = await open(2);
    let discovered = 0;
    let allowed = 0;
    for (let round = 0; round < 200; round += 1) {
      const page = (n: number) => `http://a.test/${round}/${n}`;
      const forward = Array.from({ length: 30 }, (_, n) => discovery(page(n)));
      const upward = [discovery(page(99), { skip: skip('nofollow') }), ...forward.slice(10)].reverse();
      const counts = await Promise.all([
        insert(lanes, [...forward, discovery(page(99))], 0),
        insert(lanes, [...upward, discovery(page(40))], 1),
      ]);
      for (const one of counts) {
        discovered += one.discovered;
        allowed += one.allowed;
        allowed -= one.skipped;
      }
    }
    expect(discovered).toBe(200 * 32);
    // Whoever came first: in the end page 99 is crawled in every round.
    expect(allowed).toBe(0);
    expect(Object.values(await logOf(lanes)).every((verdict) => verdict === 'pending')).toBe(true);
  });
});
