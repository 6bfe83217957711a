import type { Tx } from '@outrider/db';
import { plantCampaign, plantExecution, runAs, settleUrl } from '@outrider/db/testing';
import { newId } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countRows, openTestPlatform, type TestPlatform, takeTestLane } from '../testing/test-platform.js';
import { analyzeEndedExecutions } from './analyze-executions.js';
import { completeExecutions } from './complete-executions.js';
import { expireHistory, type HistoryKeeping } from './expire-history.js';

const KEEP_ALL: HistoryKeeping = { executions: 0, days: 0, metricsDays: 0, evidenceDays: 0, auditDays: 0 };
const SEEDS = ['https://a.test/1', 'https://a.test/2'];

let platform: TestPlatform;
beforeEach(async () => {
  platform = await openTestPlatform('postgres', 18);
});
afterEach(() => platform.close());

const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
const expire = (keeping: Partial<HistoryKeeping> = {}) =>
  expireHistory({ ...platform, keeping: { ...KEEP_ALL, ...keeping } });

/** An execution that has ended, so many days ago. */
async function plantEnded(campaignId: string, daysAgo = 0): Promise<string> {
  const { executionId, laneIds } = await plantExecution(platform.db, { campaignId, seeds: SEEDS });
  await takeTestLane(platform, laneIds[0] ?? '');
  await within(async (tx) => {
    await settleUrl(tx, executionId, SEEDS[0] ?? '', { fetched: 200 });
    await settleUrl(tx, executionId, SEEDS[1] ?? '', { fetched: 404 });
  });
  await completeExecutions(platform);
  await analyzeEndedExecutions(platform);
  await within(
    ({ sql }) => sql`
      update campaign_executions set started_at = started_at - ${daysAgo} * interval '1 day',
        completed_at = completed_at - ${daysAgo} * interval '1 day' where id = ${executionId}`,
  );
  return executionId;
}

const executionsOf = async (campaignId: string): Promise<string[]> => {
  const rows = await within(
    ({ sql }) =>
      sql<{ id: string }[]>`select id from campaign_executions where campaign_id = ${campaignId} order by id`,
  );
  return rows.map(({ id }) => id);
};

describe('history', () => {
  it('is kept whole unless somebody says otherwise', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    await plantEnded(campaignId, 5_000);
    await plantEnded(campaignId);
    expect(await expire()).toMatchObject({ executions: 0, rows: 0 });
    expect(await executionsOf(campaignId)).toHaveLength(2);
  });

  it('goes by the number of an execution, also when the clock of whoever made it was ahead', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    const [older = '', newer = ''] = [await plantEnded(campaignId), await plantEnded(campaignId)];
    // As if the first by its id had been made second.
    await within(async ({ sql }) => {
      await sql`update campaign_executions set number = 3 where id = ${older}`;
    });
    expect(await expire({ executions: 1 })).toMatchObject({ executions: 1 });
    expect(await executionsOf(campaignId)).toEqual([older]);
    expect(newer).not.toBe('');
  });

  it('past its number goes, oldest first, with all its records and with nobody else’s', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    const other = await plantCampaign(platform.db, {
      seeds: SEEDS,
      config: { history: { keepExecutions: 0 } },
    });
    const ids = [];
    for (let n = 0; n < 4; n += 1) ids.push(await plantEnded(campaignId));
    await plantEnded(other);
    await plantEnded(other);
    expect(await expire({ executions: 2 })).toMatchObject({ executions: 2 });
    expect(await executionsOf(campaignId)).toEqual(ids.slice(2));
    expect(await executionsOf(other)).toHaveLength(2);
    for (const table of ['crawl_targets', 'crawl_results', 'url_discovery_log']) {
      expect(await countRows(platform, table)).toBe(4 * SEEDS.length);
    }
    expect(await countRows(platform, 'expired_executions')).toBe(0);
  });

  it('past its age goes, but for the newest and what a running execution compares itself with', async () => {
    const campaignId = await plantCampaign(platform.db, {
      seeds: SEEDS,
      config: { history: { keepDays: 30 } },
    });
    const [, compared, newest] = [
      await plantEnded(campaignId, 90),
      await plantEnded(campaignId, 60),
      await plantEnded(campaignId, 40),
    ];
    const live = await plantExecution(platform.db, { campaignId, seeds: SEEDS });
    await within(
      ({ sql }) =>
        sql`update campaign_executions set previous_execution_id = ${compared} where id = ${live.executionId}`,
    );
    expect(await expire({ days: 1 })).toMatchObject({ executions: 1 });
    expect(await executionsOf(campaignId)).toEqual([compared, newest, live.executionId]);
  });

  it('of a campaign that is deleted still goes at once', async () => {
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    await plantEnded(campaignId);
    await within(({ sql }) => sql`delete from crawler_campaigns where id = ${campaignId}`);
    expect(await countRows(platform, 'crawl_results')).toBe(0);
  });
});

/** The partitions of that year. */
const months = async (table: string): Promise<string[]> => {
  const rows = await platform.database.withSystem(
    ({ sql }) => sql<{ name: string }[]>`
      select relname::text as name from pg_inherits join pg_class on pg_class.oid = inhrelid
      where inhparent = ${table}::regclass and relname ~ '_2024' order by 1`,
  );
  return rows.map(({ name }) => name);
};

describe('a month that is over', () => {
  const MARCH = '2024-03-01';
  const makeMarch = async (): Promise<void> => {
    for (const table of ['crawl_results', 'crawler_performance_metrics', 'audit_log', 'campaign_errors']) {
      await runAs(platform.db.url, (sql) => sql`select create_month_partition(${table}, ${MARCH}::date)`);
    }
  };

  it('goes whole when nothing in it is wanted, and stays when something is', async () => {
    await makeMarch();
    const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
    const kept = '018e0000-0000-7000-8000-000000000001';
    await within(async ({ sql }) => {
      const { tenantId } = platform.db;
      await sql`insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, config, config_revision,
          lane_count, triggered_by, status, completed_at, started_at, end_reason)
        values (${kept}, ${tenantId}, ${campaignId}, 0, 'api', '{}', 1, 1, 'a test', 'completed', now(), now(), 'page_limit')`;
      await sql`insert into audit_log (id, tenant_id, action, subject_type) values (${kept}, ${tenantId}, 'test', 'test')`;
    });
    expect(await expire({ metricsDays: 30 })).toMatchObject({ partitions: 2 });
    expect(await months('crawl_results')).toEqual(['crawl_results_202403']);
    expect(await months('audit_log')).toEqual(['audit_log_202403']);
    expect(await months('campaign_errors')).toEqual([]);
    expect(await months('crawler_performance_metrics')).toEqual([]);
    await plantEnded(campaignId);
    expect(await expire({ executions: 1, auditDays: 365 })).toMatchObject({ executions: 1, partitions: 2 });
    expect(await months('crawl_results')).toEqual([]);
    expect(await countRows(platform, 'audit_log')).toBe(0);
  });

  it('is told from a table whose name only ends like one', async () => {
    await makeMarch();
    await runAs(platform.db.url, (sql) => sql`create table notes_115847 (id integer)`);
    expect(await expire({ metricsDays: 30 })).toMatchObject({ partitions: 3 });
  });

  it('waits for no one who uses the table, and goes the next time', async () => {
    await makeMarch();
    await within(async ({ sql }) => {
      await sql`select count(*) from crawl_results`;
      const startedAt = performance.now();
      expect(await expire()).toMatchObject({ partitions: 1 });
      expect(performance.now() - startedAt).toBeLessThan(5_000);
      expect(await months('crawl_results')).toHaveLength(1);
    });
    expect(await expire()).toMatchObject({ partitions: 1 });
    expect(await months('crawl_results')).toEqual([]);
  });
});

it('evidence goes by its own age, whatever became of its execution', async () => {
  const campaignId = await plantCampaign(platform.db, { seeds: SEEDS });
  await within(
    ({ sql }) => sql`
      insert into quarantined_urls (execution_id, url_key, tenant_id, campaign_id, url, host, losses, quarantined_at)
      select ${newId()}, gen_random_uuid(), ${platform.db.tenantId}, ${campaignId}, 'https://a.test/', 'a.test', 3,
        now() - days * interval '1 day' from unnest(array[10, 100]) as days`,
  );
  expect(await expire({ evidenceDays: 90 })).toMatchObject({ evidence: 1 });
  expect(await countRows(platform, 'quarantined_urls')).toBe(1);
});

it('every partitioned table has its rule by which its months go', async () => {
  const tables = await runAs(
    platform.db.url,
    (sql) => sql<{ name: string }[]>`select table_name as name from partitioned_tables order by 1`,
  );
  // A new one belongs into `isForgotten`, and one with the records of executions into `sweepExpired` too.
  expect(tables.map(({ name }) => name)).toEqual([
    ...['audit_log', 'campaign_errors', 'crawl_inlinks', 'crawl_links', 'crawl_results', 'crawl_targets'],
    ...[
      'crawler_performance_metrics',
      'event_stream',
      'page_screenshots',
      'sitemap_differences',
      'sitemap_urls',
      'url_discovery_log',
    ],
  ]);
});
