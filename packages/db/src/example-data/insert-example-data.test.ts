import { EVENTS, isBalanced } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Database } from '../connect/database.js';
import { summarizeSitemaps } from '../sitemaps/summarize-sitemaps.js';
import { runAs } from '../testing/empty-database.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { exampleReceipt } from './example-records.js';
import { EXAMPLE_SITEMAP_TOTALS } from './example-sitemap.js';
import { insertExampleData } from './insert-example-data.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

/** What outlives its campaign on purpose: who did what to it, and what is being removed of executions that are gone. */
const OUTLIVING = ['audit_log', 'expired_executions'];

/**
 * What is there of the moment alone: of an execution while it runs, and of who looks on while they are connected; and
 * what is counted from the other tables when an execution has ended.
 */
const MOMENTARY = ['event_subscriptions', 'execution_snapshots', 'execution_structures'];

/** Every table whose rows belong to a campaign or an execution, from the catalogue. */
async function campaignTables(): Promise<string[]> {
  const rows = await runAs(
    db.url,
    (sql) => sql<{ name: string }[]>`
      select distinct relname::text as name from pg_class join pg_attribute on attrelid = pg_class.oid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and attname in ('campaign_id', 'execution_id') and not attisdropped
      order by 1`,
  );
  const names = rows.map((row) => row.name);
  const others = [...OUTLIVING, ...MOMENTARY];
  expect(names).toEqual(expect.arrayContaining(others));
  return names.filter((name) => !others.includes(name)).concat('crawler_campaigns');
}

async function countRows(tables: readonly string[], tenantId: string): Promise<Record<string, number>> {
  return db.app.withTenant(tenantId, async ({ sql }) => {
    const counts: Record<string, number> = {};
    for (const table of tables) {
      const [row] = await sql<{ n: number }[]>`select count(*) as n from ${sql(table)}`;
      counts[table] = row?.n ?? -1;
    }
    return counts;
  });
}

const removeCampaign = (database: Database, tenantId: string, campaignId: string) =>
  database.withTenant(tenantId, ({ sql }) => sql`delete from crawler_campaigns where id = ${campaignId}`);

it('fills every table of a campaign, and a second time changes nothing', async () => {
  const first = await insertExampleData(db.system);
  const tables = await campaignTables();
  const counts = await countRows(tables, first.tenantId);
  expect(Object.entries(counts).filter(([, count]) => count < 1)).toEqual([]);
  expect(await insertExampleData(db.system)).toEqual(first);
  expect(await countRows(tables, first.tenantId)).toEqual(counts);
});

it('the receipt balances and is what the ledger holds', async () => {
  const { tenantId, executionId } = await insertExampleData(db.system);
  const receipt = exampleReceipt();
  expect(isBalanced(receipt)).toBe(true);
  const [ledger] = await db.app.withTenant(
    tenantId,
    ({ sql }) => sql`
      select (select count(*) from url_discovery_log where execution_id = ${executionId}) as discovered,
        (select count(*) from crawl_results where execution_id = ${executionId}) as fetched,
        (select count(*) from crawl_targets where execution_id = ${executionId} and state = 'failed') as failed,
        (select count(*) from url_discovery_log where execution_id = ${executionId} and not should_crawl) as skipped`,
  );
  const { discovered, fetched, failed, skipped } = receipt;
  expect(ledger).toEqual({ discovered, fetched, failed, skipped });
});

it('its report says of the sitemap what the rows say', async () => {
  const { tenantId, executionId } = await insertExampleData(db.system);
  const totals = await db.app.withTenant(tenantId, (tx) => summarizeSitemaps(tx, executionId));
  expect(totals).toEqual(EXAMPLE_SITEMAP_TOTALS);
});

it('its events are those of the catalogue', async () => {
  const { tenantId } = await insertExampleData(db.system);
  const events = await db.app.withTenant(
    tenantId,
    ({ sql }) =>
      sql<
        { event_type: keyof typeof EVENTS; payload: unknown }[]
      >`select event_type, payload from event_stream`,
  );
  expect(events).toHaveLength(2);
  for (const event of events)
    expect(() => EVENTS[event.event_type].payload.parse(event.payload)).not.toThrow();
});

it.each(['app', 'system'] as const)(
  'deleting a campaign as the %s role removes its rows from every table, and only its rows',
  async (role) => {
    const mine = await insertExampleData(db.system, { tenantId: db.tenantId });
    const other = await insertExampleData(db.system);
    const tables = await campaignTables();
    const before = await countRows(tables, other.tenantId);
    await removeCampaign(role === 'app' ? db.app : db.system, mine.tenantId, mine.campaignId);
    expect(await countRows(tables, mine.tenantId)).toEqual(
      Object.fromEntries(tables.map((table) => [table, 0])),
    );
    expect(await countRows(tables, other.tenantId)).toEqual(before);
  },
);

it('another tenant can neither see nor delete the campaign', async () => {
  const { campaignId, tenantId } = await insertExampleData(db.system);
  const before = await countRows(await campaignTables(), tenantId);
  const removed = await removeCampaign(db.app, db.tenantId, campaignId);
  expect(removed.count).toBe(0);
  expect(await countRows(await campaignTables(), tenantId)).toEqual(before);
});
