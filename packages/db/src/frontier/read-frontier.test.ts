import { crawlPriority, frontier, SITEMAP_PRIORITY } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { plantExecution, settleUrl } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { readFrontier } from './read-frontier.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

/** Pending URLs of a host at a depth, or of its sitemaps. */
async function plantPending(
  executionId: string,
  { host, depth, count }: { host: string; depth: number | null; count: number },
): Promise<void> {
  const priority = depth === null ? SITEMAP_PRIORITY : crawlPriority(depth);
  await db.app.withTenant(
    db.tenantId,
    ({ sql }) => sql`
      insert into crawl_targets (execution_id, url_key, tenant_id, url, host, depth, priority)
      select ${executionId}, gen_random_uuid(), ${db.tenantId}, 'https://' || ${host} || '/' || n, ${host}, ${depth ?? 0}, ${priority}
      from generate_series(1, ${count}::int) n`,
  );
}

const read = (executionId: string) =>
  db.app.withTenant(db.tenantId, (tx) => readFrontier(tx, executionId), { readOnly: true });

describe('the frontier from afar', () => {
  it('counts pending URLs and those in flight by host and by clicks from a seed', async () => {
    const seeds = ['https://a.test/', 'https://b.test/'];
    const { executionId, laneIds } = await plantExecution(db, { seeds });
    await db.app.withTenant(db.tenantId, (tx) =>
      settleUrl(tx, executionId, 'https://b.test/', { leasedBy: laneIds[0] ?? '', epoch: 1 }),
    );
    for (const [host, depth, count] of [
      ['a.test', 1, 5],
      ['a.test', 2, 7],
      ['b.test', 2, 3],
      ['c.test', null, 2],
    ] as const) {
      await plantPending(executionId, { host, depth, count });
    }
    const { hosts, depths, complete, waiting } = await read(executionId);
    expect(complete).toBe(true);
    expect(waiting).toBe(2);
    expect(hosts.map(({ host, pending, inFlight, exact }) => [host, pending, inFlight, exact])).toEqual([
      ['a.test', 13, 0, true],
      ['b.test', 3, 1, true],
      ['c.test', 2, 0, true],
    ]);
    expect(depths.map(({ depth, pending, inFlight }) => [depth, pending, inFlight])).toEqual([
      [0, 1, 1],
      [1, 5, 0],
      [2, 10, 0],
      [null, 2, 0],
    ]);
  });

  it('says of what is too much to count that there is at least so much', async () => {
    const { executionId } = await plantExecution(db);
    await plantPending(executionId, { host: 'large.test', depth: 1, count: 25_100 });
    await plantPending(executionId, { host: 'small.test', depth: 1, count: 10 });
    const { hosts, depths } = await read(executionId);
    expect(hosts.map(({ host, pending, exact }) => [host, pending, exact])).toEqual([
      ['large.test', 25_000, false],
      ['small.test', 10, true],
    ]);
    expect(depths).toEqual([{ depth: 1, pending: 25_010, inFlight: 0, exact: false }]);
  });

  it('looks at a hundred hosts, and says when there are more', async () => {
    const { executionId } = await plantExecution(db);
    for (let host = 0; host < 101; host += 1) {
      await plantPending(executionId, { host: `h${host}.test`, depth: 1, count: 1 });
    }
    const { hosts, complete } = await read(executionId);
    expect(hosts).toHaveLength(20);
    expect(complete).toBe(false);
  });

  it('has nothing that waits, and not less, where counters have counted too much', async () => {
    const { executionId } = await plantExecution(db, { seeds: ['https://a.test/'] });
    await db.app.withTenant(
      db.tenantId,
      ({ sql }) => sql`update execution_lanes set fetched = 3 where execution_id = ${executionId}`,
    );
    expect(frontier.parse(await read(executionId))).toMatchObject({ waiting: 0, hosts: [{ pending: 1 }] });
  });

  it('is empty when nothing waits', async () => {
    const { executionId } = await plantExecution(db);
    expect(await read(executionId)).toEqual({
      executionId,
      waiting: 0,
      hosts: [],
      depths: [],
      complete: true,
    });
  });
});
