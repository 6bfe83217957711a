import { beginLane, type Discovery, returnQuarantined, type SitemapUrl, type Tx } from '@outrider/db';
import { createTestDatabase, fetched, type TestDatabase } from '@outrider/db/testing';
import { hostOf, newId, urlKey } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type PostgresServer, startPostgresServer } from '../../../../tests/faults/stage/postgres-server.js';
import { newSitemap } from '../sitemap/sitemap-findings.js';
import { queueTestExecution, type TestExecution } from '../testing/test-crawl.js';
import { createDatabaseEffects } from './database-effects.js';
import type { LaneEffects } from './lane-effects.js';

/** PostgreSQL flushes what is committed without waiting within 600 ms (wal_writer_delay, three times 200 ms). */
const FLUSHED_MS = 1_500;
const LEASE_MS = 60_000;
const FILE = newSitemap('http://a.test/s.xml', { foundIn: 'robots', parentId: null, depth: 0, redirects: 0 });

let server: PostgresServer;
let db: TestDatabase;

beforeEach(async () => {
  server = await startPostgresServer();
  db = await createTestDatabase(server.adminUrl);
}, 60_000);
afterEach(async () => {
  await db.drop().catch(() => undefined);
  await server.stop();
}, 60_000);

/** A lane of an execution in this process's hands. */
async function takeLane({ laneIds }: TestExecution, number = 0) {
  const lane = { laneId: laneIds[number] ?? '', epoch: 1 };
  const taken = await db.app.withTenant(db.tenantId, (tx) =>
    beginLane(tx, lane, { instanceId: newId(), leaseMs: LEASE_MS }),
  );
  if (taken === null) throw new Error('the lane was not taken');
  const losses: true[] = [];
  const effects = createDatabaseEffects({
    database: db.app,
    hold: taken.hold,
    leaseMs: LEASE_MS,
    crashAt: () => undefined,
    hostBackOffMs: 1_000,
    signal: new AbortController().signal,
    onClaim: () => undefined,
    onCommit: () => undefined,
    onRetry: () => undefined,
    onLedgerLost: () => losses.push(true),
  });
  return { effects, losses, laneId: lane.laneId };
}

async function claim(effects: LaneEffects, { config }: TestExecution, wanted: number) {
  const { delayMs } = config.politeness;
  const outcome = await effects.claim({
    ...{
      wanted,
      leaseMs: LEASE_MS,
      config,
      inFlight: new Map(),
      held: new Set(),
      seen: new Map(),
      afterHost: '',
    },
    delayOf: () => ({ delayMs, cause: delayMs === 0 ? null : 'campaign_delay' }),
  });
  if (outcome.kind === 'lost') throw new Error('the lane is lost');
  return outcome;
}

const flushed = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, FLUSHED_MS));

async function crash(): Promise<void> {
  await server.crash();
  await server.start();
  // The first question finds the connections closed.
  const ask = () =>
    db.system
      .withSystem(({ sql }) => sql`select 1`)
      .then(
        () => true,
        () => false,
      );
  await expect.poll(ask, { timeout: 20_000 }).toBe(true);
}

const rowsOf = (
  table: 'url_discovery_log' | 'execution_sitemaps',
  execution: TestExecution,
): Promise<readonly object[]> =>
  db.system.withSystem(
    ({ sql }) => sql`select 1 from ${sql(table)} where execution_id = ${execution.executionId}`,
  );

const named = (url: string): SitemapUrl => ({
  discovery: {
    ...{ url, urlKey: urlKey(url), host: hostOf(url), sourceUrl: FILE.url, method: 'sitemap', depth: 0 },
    ...{ isInternal: true, skip: null, priority: 5, redirectHops: [], isSeed: false },
  } satisfies Discovery,
  ...{ lastmod: null, changefreq: null, priority: null, alternates: [] },
});

describe('what a crash of the server at once does not take back', () => {
  it('the sitemaps that robots.txt names', async () => {
    const execution = await queueTestExecution(db, ['http://a.test/']);
    const { effects } = await takeLane(execution);
    await flushed();
    await effects.sitemaps.add([FILE]);
    await crash();
    expect(await rowsOf('execution_sitemaps', execution)).toHaveLength(1);
  }, 90_000);

  it('the URLs of a sitemap', async () => {
    const execution = await queueTestExecution(db, ['http://a.test/']);
    const { effects } = await takeLane(execution);
    // A sitemap is read when no page waits.
    await db.system.withSystem(
      ({ sql }) =>
        sql`update crawl_targets set state = 'skipped', settled_at = now() where execution_id = ${execution.executionId}`,
    );
    await effects.sitemaps.add([FILE]);
    const leased = await effects.sitemaps.lease();
    if (leased === null || typeof leased === 'string') throw new Error('no sitemap was leased');
    await flushed();
    const before = (await rowsOf('url_discovery_log', execution)).length;
    const urls = Array.from({ length: 50 }, (_, n) => named(`http://a.test/${n}`));
    expect(await effects.sitemaps.commitUrls(leased.file, urls)).toBe(true);
    await crash();
    expect(await rowsOf('url_discovery_log', execution)).toHaveLength(before + 50);
  }, 90_000);

  it('a lease that was renewed, and how long a host is to be left alone', async () => {
    const execution = await queueTestExecution(db, ['http://a.test/']);
    const { effects } = await takeLane(execution);
    await flushed();
    const read = () =>
      db.system.withSystem(
        ({ sql }) => sql<{ lease_until: Date; backoff_until: Date }[]>`
          select lease_until, backoff_until from execution_lanes, crawl_hosts
          where execution_id = ${execution.executionId} and host = 'a.test'`,
      );
    await db.system.withSystem(({ sql }) => sql`insert into crawl_hosts (host) values ('a.test')`);
    await effects.renew({ memoryMb: 1, waitingReason: null, held: 0 });
    await effects.backOff('a.test', { kind: 'asked', forMs: 600_000, reason: 'asked to' });
    const before = await read();
    await crash();
    expect(await read()).toEqual(before);
  }, 90_000);

  it('the places that a lane has in the pace of a host', async () => {
    const seeds = Array.from({ length: 5 }, (_, n) => `http://a.test/${n}`);
    const execution = await queueTestExecution(db, seeds, { politeness: { delayMs: 2_000 } });
    const { effects } = await takeLane(execution);
    // Its permits are new with the first claim alone, and flushed with it.
    const first = await claim(effects, execution, 1);
    await effects.commit({ settlements: first.targets.map((target) => fetched(target)), scopeHosts: [] });
    await flushed();
    const second = await claim(effects, execution, 1);
    expect(second.targets).toHaveLength(1);
    const nextFetch = () =>
      db.system.withSystem(
        ({ sql }) => sql<{ next_fetch_at: Date }[]>`select next_fetch_at from crawl_hosts`,
      );
    const before = await nextFetch();
    await crash();
    expect(await nextFetch()).toEqual(before);
  }, 90_000);
});

describe('a lane whose page the server lost in a crash', () => {
  it('notices it also when a part of a sitemap was written since', async () => {
    const execution = await queueTestExecution(db, ['http://a.test/', 'http://a.test/2']);
    const { effects, losses, laneId } = await takeLane(execution);
    await effects.sitemaps.add([FILE]);
    const { targets } = await claim(effects, execution, 2);
    const [page] = targets;
    if (page === undefined) throw new Error('nothing was claimed');
    // As it is leased once the first page is read.
    const [reading] = await db.system.withSystem(
      ({ sql }) => sql<{ id: string }[]>`
        update execution_sitemaps set state = 'reading', lane_id = ${laneId}, lane_epoch = 1, attempt = 1
        where execution_id = ${execution.executionId} returning id`,
    );
    await flushed();
    const found = ['x', 'y', 'z'].map((name) => named(`http://a.test/${name}`).discovery);
    await effects.commit({ settlements: [fetched(page, found)], scopeHosts: [] });
    await crash();
    const urls = Array.from({ length: 10 }, (_, n) => named(`http://a.test/${n}`));
    const file = { ...FILE, id: reading?.id ?? '', attempt: 1, pinnedId: null };
    expect(await effects.sitemaps.commitUrls(file, urls)).toBe(true);
    await claim(effects, execution, 0);
    expect(losses).toHaveLength(1);
  }, 90_000);

  it('is not what a lane takes the second try of a quarantined URL for', async () => {
    const execution = await queueTestExecution(db, ['http://a.test/', 'http://a.test/2']);
    const { effects, losses } = await takeLane(execution);
    const { targets } = await claim(effects, execution, 2);
    const [poison, other] = targets;
    if (poison === undefined || other === undefined) throw new Error('two were wanted');
    const verdict = { kind: 'failed', failureCode: 'quarantined' } as const;
    const settlements = [{ ...fetched(poison), verdict }, fetched(other)];
    await effects.commit({ settlements, scopeHosts: [] });
    const retry = (tx: Tx) => returnQuarantined(tx, execution.executionId, poison.urlKey, 'somebody');
    await db.app.withTenant(db.tenantId, retry);
    await claim(effects, execution, 0);
    expect(losses).toEqual([]);
  }, 90_000);
});
