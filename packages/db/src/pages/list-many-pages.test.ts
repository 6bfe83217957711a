import { newId } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { listPages } from './list-pages.js';
import type { PageFilter } from './page-filter.js';

const PAGES = 5_000;

let db: TestDatabase;
let executionId: string;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  const planted = await plantExecution(db, { seeds: ['http://many.test/'] });
  executionId = planted.executionId;
  await db.app.withTenant(db.tenantId, async ({ sql }) => {
    await sql`
      insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, fetched_at,
        total_ms, wire_bytes, indexable, response)
      select ${executionId}, gen_random_uuid(), ${db.tenantId}, ${planted.campaignId}, 'http://many.test/' || number, 'many.test', 1,
        200, now(), number % 977, 1000, true, '{}' from generate_series(1, ${PAGES}::int) as number`;
  });
});

afterAll(() => db.drop());

/**
 * How many rows of the table a list reads, whatever it gives out. There are no statistics, by which the planner would
 * rather sort five thousand rows.
 */
function rowsRead(filter: Partial<PageFilter>): Promise<number> {
  return db.app.withTenant(db.tenantId, async (tx) => {
    const { items } = await listPages(tx, {
      executionId,
      sort: 'slowest',
      limit: 10,
      after: null,
      ...filter,
    });
    expect(items).toHaveLength(10);
    const [read] = await tx.sql<{ rows: number }[]>`
      select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::float8 as rows
      from pg_stat_xact_user_tables where relname like 'crawl_results%'`;
    return read?.rows ?? Number.NaN;
  });
}

describe('a list of many pages', () => {
  it('reads no more of the slowest pages than it gives out and their equals', async () => {
    expect(await rowsRead({})).toBeLessThan(100);
    expect(await rowsRead({ after: [500, newId()] })).toBeLessThan(100);
  });

  it('reads no more of them in any other order that it has', async () => {
    for (const sort of ['fastest', 'status', 'status_desc'] as const) {
      expect(await rowsRead({ sort }), sort).toBeLessThan(200);
      const place = sort === 'fastest' ? 500 : 200;
      expect(
        await rowsRead({ sort, after: [place, '80000000-0000-4000-8000-000000000000'] }),
        sort,
      ).toBeLessThan(200);
    }
  });
});
