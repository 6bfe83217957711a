import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { campaignConfig, newId } from '@outrider/shared';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import type { RawSql } from '../connect/connection.js';
import { type Database, openDatabase } from '../connect/database.js';
import { MIGRATIONS_DIRECTORY, readMigrations } from '../migrate/migration-files.js';
import { rollbackMigrations } from '../migrate/rollback-migrations.js';
import { runMigrations } from '../migrate/run-migrations.js';
import { createEmptyDatabase, type EmptyDatabase } from '../testing/empty-database.js';
import { storeAnalytics, takeUnanalyzedExecution } from './store-analytics.js';

// What 0035 makes of rollups that were written at the end of each execution, by totals alone.
const REWRITE = '0035_analytics_and_thinned_metrics';

let server: EmptyDatabase;
let system: Database;
let directory: string;
let before: string;
const tenantId = newId();
const campaignId = newId();
/** One whose rows are kept, and two that have left the history: one ended on the same day, one the day before. */
const [kept, goneToday, goneBefore] = [newId(), newId(), newId()];
const TODAY = '2026-05-02';
const YESTERDAY = '2026-05-01';

beforeEach(async () => {
  server = await createEmptyDatabase(inject('postgresAdminUrl'));
  directory = await mkdtemp(join(tmpdir(), 'outrider-migrations-'));
  const older = (await readMigrations()).map(({ name }) => name).filter((name) => name < REWRITE);
  before = older.at(-1) ?? '';
  for (const name of older) {
    for (const way of ['up', 'down'])
      await cp(join(MIGRATIONS_DIRECTORY, `${name}.${way}.sql`), join(directory, `${name}.${way}.sql`));
  }
  await runMigrations({ adminUrl: server.url, directory });
  await server.run(plant);
  system = openDatabase({ url: server.url, role: 'outrider_system', applicationName: 'test' });
});
afterEach(async () => {
  await system.close();
  await server.drop();
  await rm(directory, { recursive: true });
});

async function plant(sql: RawSql): Promise<void> {
  const config = JSON.stringify(campaignConfig.parse({}));
  await sql`insert into tenants (id, name) values (${tenantId}, 'a tenant')`;
  await sql`
    insert into crawler_campaigns (id, tenant_id, name, config)
    values (${campaignId}, ${tenantId}, 'planted', ${config}::text::jsonb)`;
  await sql`
    insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, status, config, config_revision,
      lane_count, started_at, completed_at, end_reason, triggered_by, pages_crawled, duration_seconds)
    values (${kept}, ${tenantId}, ${campaignId}, 3, 'manual', 'completed', ${config}::text::jsonb, 1, 1,
      ${`${TODAY} 10:00Z`}, ${`${TODAY} 10:01Z`}, 'frontier_exhausted', 'a test', 3, 60)`;
  for (const [url, status] of [
    ['a', 200],
    ['b', 200],
    ['c', 404],
  ] as const) {
    await sql`
      insert into crawl_results (execution_id, url_key, tenant_id, campaign_id, url, host, depth, status_code, fetched_at,
        total_ms, wire_bytes, indexable, response)
      values (${kept}, ${newId()}, ${tenantId}, ${campaignId}, ${url}, 'example.org', 0, ${status}, ${`${TODAY} 10:00:30Z`},
        20, 100, true, '{}')`;
  }
  const rollup = (key: string, endedOn: string, pages: number, period = 'execution', average = 20) => sql`
    insert into campaign_analytics (campaign_id, period, period_key, tenant_id, pages_crawled, errors_encountered,
      urls_discovered, wire_bytes, average_response_time_ms, summary, created_at)
    values (${campaignId}, ${period}, ${key}, ${tenantId}, ${pages}, ${pages / 10}, ${pages * 2}, ${pages * 100}, ${average},
      '{"executions": 1, "receipt": {"discovered": 7}}', ${`${endedOn} 23:59:59Z`})`;
  await rollup(kept, TODAY, 30);
  await rollup(goneToday, TODAY, 100);
  await rollup(goneBefore, YESTERDAY, 500);
  await rollup(TODAY, TODAY, 130, 'day');
  await rollup(YESTERDAY, YESTERDAY, 500, 'day');
  await sql`
    insert into crawler_performance_metrics (instance_id, recorded_at, tenant_id, campaign_id, execution_id, lane_id,
      pages_per_second, cpu_usage_percent, memory_usage_mb, queue_size, processed_count, pending_count, bandwidth_mbps,
      requests_per_minute)
    values (${newId()}, ${`${TODAY} 10:00:30Z`}, ${tenantId}, ${campaignId}, ${kept}, ${newId()}, 3, 10, 100, 1, 3, 0, 1, 60)`;
}

const migrate = (): Promise<unknown> => runMigrations({ adminUrl: server.url });

interface Rollup {
  readonly key: string;
  readonly pages: number;
  readonly errors: number;
  readonly urls: number;
  readonly bytes: number;
}

const rollups = (): Promise<Rollup[]> =>
  server.run(
    (sql) => sql<Rollup[]>`
      select period_key as key, pages_crawled::int as pages, errors_encountered::int as errors,
        urls_discovered::int as urls, wire_bytes::int as bytes
      from campaign_analytics where campaign_id = ${campaignId} order by period, period_key`,
  );

const rollupOf = (key: string, pages: number): Rollup => ({
  ...{ key, pages, errors: pages / 10, urls: pages * 2, bytes: pages * 100 },
});

/** What has left the history has its totals, and makes up its days. */
const REMAINING = [
  rollupOf(YESTERDAY, 500),
  rollupOf(TODAY, 100),
  ...[rollupOf(goneToday, 100), rollupOf(goneBefore, 500)].sort((a, b) => a.key.localeCompare(b.key)),
];

it('old rollups keep the totals of what has left the history, in figures that add up; the rest is to be analysed', async () => {
  await migrate();
  expect(await rollups()).toEqual(REMAINING);
  const stored = await server.run(
    (sql) => sql`select executions, summary, average_response_time_ms as average from campaign_analytics`,
  );
  const expected = REMAINING.map(({ pages, errors, urls, bytes }) => ({
    executions: 1,
    summary: { pagesCrawled: pages, errorsEncountered: errors, urlsDiscovered: urls, wireBytes: bytes },
    average: 20,
  }));
  expect(stored).toHaveLength(expected.length);
  expect(stored).toEqual(expect.arrayContaining(expected));
});

it('an execution of before that is still in the ledger is analysed anew and joins its day', async () => {
  await migrate();
  await system.withSystem(async (tx) => {
    const taken = await takeUnanalyzedExecution(tx, []);
    expect(taken).toMatchObject({ id: kept, endedOn: TODAY });
    if (taken !== null) await storeAnalytics(tx, taken);
    expect(await takeUnanalyzedExecution(tx, [])).toBeNull();
  });
  const rows = await server.run(
    (sql) => sql`
      select period_key as key, executions, summary from campaign_analytics
      where period_key in (${TODAY}, ${kept}) order by period`,
  );
  const [day, own] = rows;
  expect(own).toMatchObject({
    executions: 1,
    summary: { pagesCrawled: 3, errorsEncountered: 1, wireBytes: 300, statusClasses: { '2xx': 2, '4xx': 1 } },
  });
  expect(day).toMatchObject({
    executions: 2,
    summary: {
      ...{ pagesCrawled: 103, errorsEncountered: 11, wireBytes: 10_300 },
      statusClasses: { '2xx': 2, '4xx': 1 },
    },
  });
});

it('metrics of before are samples of five seconds', async () => {
  await migrate();
  const metrics = await server.run((sql) => sql`select resolution, seconds from crawler_performance_metrics`);
  expect(metrics).toEqual([{ resolution: 'sample', seconds: 5 }]);
});

it('undone, the totals stay as they are, and the migration can be made again', async () => {
  await migrate();
  await rollbackMigrations({ adminUrl: server.url, to: before });
  expect(await rollups()).toEqual(REMAINING);
  expect(await server.run((sql) => sql`select pages_per_second from crawler_performance_metrics`)).toEqual([
    { pages_per_second: 3 },
  ]);
  await migrate();
  expect(await rollups()).toEqual(REMAINING);
});
