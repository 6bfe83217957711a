import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { readScope } from './read-scope.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

it('the scope of a large execution is read from its seeds, not from its whole frontier', async () => {
  const { executionId } = await plantExecution(db, { seeds: ['http://a.test/docs/', 'http://a.test/b'] });
  await db.app.withTenant(
    db.tenantId,
    (tx) => tx.sql`
      insert into crawl_targets (execution_id, tenant_id, url_key, url, host, depth, priority)
      select ${executionId}, ${db.tenantId}, gen_random_uuid(), 'http://a.test/' || n, 'a.test', 1, 0
      from generate_series(1, 20000) as n`,
  );
  const { scope, rowsRead } = await db.app.withTenant(db.tenantId, async (tx) => {
    const found = await readScope(tx, executionId);
    const [row] = await tx.sql<{ rows_read: number }[]>`
      select sum(seq_tup_read + coalesce(idx_tup_fetch, 0))::int as rows_read from pg_stat_xact_user_tables
      where relname like 'crawl_targets%'`;
    return { scope: found, rowsRead: row?.rows_read };
  });
  expect(scope.seedFolders.toSorted()).toEqual(['http://a.test/', 'http://a.test/docs/']);
  expect(rowsRead).toBeLessThan(100);
});
