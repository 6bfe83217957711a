import { urlKey } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { readUrlHistory } from './read-url-history.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const pageUrl = (number: number): string => `https://a.test/${number}`;

/** Each page was found on the one before it. */
async function plantChain(length: number): Promise<string> {
  const { executionId, campaignId } = await plantExecution(db, {});
  const urls = Array.from({ length }, (_, number) => pageUrl(number));
  await db.app.withTenant(
    db.tenantId,
    ({ sql }) => sql`
      insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host, source_url,
        discovery_method, url_depth, is_internal, should_crawl)
      select ${executionId}, key, ${db.tenantId}, ${campaignId}, url, 'a.test', nullif(source, ''),
        case source when '' then 'seed' else 'link' end, 0, true, true
      from unnest(${urls.map(urlKey)}::uuid[], ${urls}::text[], ${['', ...urls.slice(0, -1)]}::text[]) as page (key, url, source)`,
  );
  return executionId;
}

it('the way to a URL leads back to a seed, step by step', async () => {
  const executionId = await plantChain(40);
  const { path } = await db.app.withTenant(db.tenantId, (tx) =>
    readUrlHistory(tx, executionId, urlKey(pageUrl(39))),
  );
  expect(path.map(({ url }) => url)).toEqual(Array.from({ length: 40 }, (_, number) => pageUrl(number)));
  expect(path[0]?.discoveryMethod).toBe('seed');
});

it('costs a look-up a step for a tenant too, not a reading of all URLs', async () => {
  const executionId = await plantChain(3_000);
  const reads = await db.app.withTenant(db.tenantId, async (tx) => {
    // Counted by the server for this transaction alone.
    const count = () => tx.sql<{ rows: number }[]>`
      select sum(seq_tup_read + idx_tup_fetch)::float8 as rows from pg_stat_xact_user_tables where relname like 'url_discovery_log%'`;
    const [before] = await count();
    await readUrlHistory(tx, executionId, urlKey(pageUrl(20)));
    const [after] = await count();
    return (after?.rows ?? 0) - (before?.rows ?? 0);
  });
  expect(reads).toBeLessThan(100);
});
