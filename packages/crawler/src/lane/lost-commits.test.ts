import { beginLane, type Discovery, type SitemapUrl } from '@outrider/db';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
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
let execution: TestExecution;
let effects: LaneEffects;

beforeEach(async () => {
  server = await startPostgresServer();
  db = await createTestDatabase(server.adminUrl);
  execution = await queueTestExecution(db, ['http://a.test/']);
  const lane = { laneId: execution.laneIds[0] ?? '', epoch: 1 };
  const taken = await db.app.withTenant(db.tenantId, (tx) =>
    beginLane(tx, lane, { instanceId: newId(), leaseMs: LEASE_MS }),
  );
  if (taken === null) throw new Error('the lane was not taken');
  effects = createDatabaseEffects({
    database: db.app,
    hold: taken.hold,
    leaseMs: LEASE_MS,
    crashAt: () => undefined,
    hostBackOffMs: 1_000,
    signal: new AbortController().signal,
    onClaim: () => undefined,
    onCommit: () => undefined,
    onRetry: () => undefined,
    onLedgerLost: () => undefined,
  });
}, 60_000);
afterEach(async () => {
  await db.drop().catch(() => undefined);
  await server.stop();
}, 60_000);

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

const rowsOf = (table: 'url_discovery_log' | 'execution_sitemaps'): Promise<readonly object[]> =>
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
    await flushed();
    await effects.sitemaps.add([FILE]);
    await crash();
    expect(await rowsOf('execution_sitemaps')).toHaveLength(1);
  }, 90_000);

  it('the URLs of a sitemap', async () => {
    // A sitemap is read when no page waits.
    await db.system.withSystem(
      ({ sql }) =>
        sql`update crawl_targets set state = 'skipped', settled_at = now() where execution_id = ${execution.executionId}`,
    );
    await effects.sitemaps.add([FILE]);
    const leased = await effects.sitemaps.lease();
    if (leased === null) throw new Error('no sitemap was leased');
    await flushed();
    const before = (await rowsOf('url_discovery_log')).length;
    const urls = Array.from({ length: 50 }, (_, n) => named(`http://a.test/${n}`));
    expect(await effects.sitemaps.commitUrls(leased.file, urls)).toBe(true);
    await crash();
    expect(await rowsOf('url_discovery_log')).toHaveLength(before + 50);
  }, 90_000);

  it('a lease that was renewed, and how long a host is to be left alone', async () => {
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
});
