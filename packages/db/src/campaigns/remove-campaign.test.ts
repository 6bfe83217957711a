import { newId } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import { insertExampleData } from '../example-data/insert-example-data.js';
import { sweepExpired } from '../history/expire-executions.js';
import { runAs } from '../testing/empty-database.js';
import { plantCampaign, plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import {
  deleteCampaign,
  deleteCampaignForGood,
  listDeletedCampaigns,
  restoreCampaign,
} from './delete-campaign.js';
import { listCampaignsToRemove, removeCampaignBatch } from './remove-campaign.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const within = <T>(work: (tx: Tx) => Promise<T>) => db.app.withTenant(db.tenantId, work);
const SEEDS = Array.from({ length: 5 }, (_, n) => `https://a.test/${n}`);
const LIMITS = { executions: 1, rows: 2 };
const batchOf = (campaignId: string) =>
  db.system.withSystem((tx) => removeCampaignBatch(tx, campaignId, LIMITS));
const toRemove = () => db.system.withSystem((tx) => listCampaignsToRemove(tx));

/** Rows of the campaign and of its executions, by table. */
async function rowsOf(campaignId: string): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of [
    'campaign_executions',
    'campaign_seeds',
    'event_stream',
    'campaign_errors',
    'expired_executions',
  ]) {
    const [row] = await within(
      ({ sql }) =>
        sql<{ n: number }[]>`select count(*) as n from ${sql(table)} where campaign_id = ${campaignId}`,
    );
    counts[table] = row?.n ?? -1;
  }
  return counts;
}

/** Tables with rows of the tenant that belong to a campaign or an execution, but for the audit log. */
async function tablesOf(tenantId: string): Promise<string[]> {
  const tables = await runAs(
    db.url,
    (sql) => sql<{ name: string }[]>`
      select distinct relname::text as name from pg_class join pg_attribute on attrelid = pg_class.oid
      where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and not relispartition
        and attname in ('campaign_id', 'execution_id') and not attisdropped and relname <> 'audit_log'`,
  );
  return db.app.withTenant(tenantId, async ({ sql }) => {
    const filled: string[] = [];
    for (const { name } of tables) {
      const rows = await sql`select from ${sql(name)} limit 1`;
      if (rows.length > 0) filled.push(name);
    }
    return filled;
  });
}

/** A campaign with two executions that have ended, and with events and errors of its own. */
async function plantEnded(): Promise<string> {
  const campaignId = await plantCampaign(db, { seeds: SEEDS });
  for (let n = 0; n < 2; n += 1) {
    const { executionId } = await plantExecution(db, { campaignId, seeds: SEEDS });
    await within(
      ({ sql }) => sql`
        update campaign_executions set status = 'cancelled', started_at = now(), completed_at = now(),
          end_reason = 'cancelled' where id = ${executionId}`,
    );
  }
  await within(async ({ sql }) => {
    await sql`
      insert into event_stream (campaign_id, seq, tenant_id, event_type, payload, occurred_at)
      select ${campaignId}, n, ${db.tenantId}, 'campaign.created', '{}', now() from generate_series(1, 5) n`;
    for (let n = 0; n < 3; n += 1) {
      await sql`
        insert into campaign_errors (id, tenant_id, campaign_id, error_type, error_code, error_message, severity, execution_id)
        select ${newId()}, ${db.tenantId}, ${campaignId}, 'http', 'http_500', 'planted', 'error', id
        from campaign_executions where campaign_id = ${campaignId} order by id limit 1`;
    }
  });
  return campaignId;
}

describe('a campaign that is deleted for good', () => {
  it('is removed in batches of so many executions and rows, its pages left to the sweeper', async () => {
    const campaignId = await plantEnded();
    await within((tx) => deleteCampaignForGood(tx, campaignId));
    let before = await rowsOf(campaignId);
    expect(before).toEqual({
      ...{
        campaign_executions: 2,
        campaign_seeds: 5,
        event_stream: 5,
        campaign_errors: 3,
        expired_executions: 0,
      },
    });
    for (let batches = 0; ; batches += 1) {
      const outcome = await batchOf(campaignId);
      const after = await rowsOf(campaignId);
      const { campaign_executions: executions = 0, expired_executions: expired = 0, ...rows } = before;
      expect(executions - (after['campaign_executions'] ?? 0)).toBeLessThanOrEqual(LIMITS.executions);
      expect((after['expired_executions'] ?? 0) - expired).toBe(
        executions - (after['campaign_executions'] ?? 0),
      );
      const removed = Object.entries(rows).map(([table, count]) => count - (after[table] ?? 0));
      expect(removed.reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(LIMITS.rows);
      before = after;
      if (outcome === 'removed') break;
      expect([outcome, batches < 20]).toEqual(['more', true]);
    }
    expect(before).toEqual({
      ...{
        campaign_executions: 0,
        campaign_seeds: 0,
        event_stream: 0,
        campaign_errors: 0,
        expired_executions: 2,
      },
    });
    expect(await toRemove()).not.toContain(campaignId);
    expect(await batchOf(campaignId)).toBe('passed');
  });

  it('leaves no row in any table once the sweeper has been there, but in the audit log', async () => {
    const { campaignId, tenantId } = await insertExampleData(db.system);
    await db.app.withTenant(tenantId, (tx) => deleteCampaignForGood(tx, campaignId));
    while ((await batchOf(campaignId)) === 'more');
    const left = () => tablesOf(tenantId);
    expect(await left()).toEqual(
      expect.arrayContaining(['crawl_results', 'crawl_targets', 'expired_executions']),
    );
    while ((await db.system.withSystem((tx) => sweepExpired(tx, 1_000))) > 0);
    expect(await left()).toEqual([]);
  });

  it('is neither listed nor restored nor deleted again, although its rows are there', async () => {
    const campaignId = await plantEnded();
    await within((tx) => deleteCampaign(tx, campaignId));
    await within((tx) => deleteCampaignForGood(tx, campaignId));
    expect(await toRemove()).toContain(campaignId);
    const { items } = await within((tx) => listDeletedCampaigns(tx, { limit: 10, after: null }));
    expect(items.map(({ id }) => id)).not.toContain(campaignId);
    for (const order of [restoreCampaign, deleteCampaign, deleteCampaignForGood]) {
      await expect(within<unknown>((tx) => order(tx, campaignId))).rejects.toMatchObject({
        code: 'not_found',
      });
    }
  });
});

it('a campaign with an execution that has not ended is never removed', async () => {
  const { campaignId } = await plantExecution(db, { seeds: SEEDS });
  await db.system.withSystem(
    ({ sql }) =>
      sql`update crawler_campaigns set deleted_at = now() - interval '2 days' where id = ${campaignId}`,
  );
  const before = await rowsOf(campaignId);
  expect(await batchOf(campaignId)).toBe('busy');
  expect(await rowsOf(campaignId)).toEqual(before);
});

it('a campaign that can be restored is not removed, and one whose removal has begun is not restored', async () => {
  const campaignId = await plantEnded();
  await within((tx) => deleteCampaign(tx, campaignId));
  expect([await batchOf(campaignId), (await toRemove()).includes(campaignId)]).toEqual(['passed', false]);
  await db.system.withSystem(
    ({ sql }) =>
      sql`update crawler_campaigns set deleted_at = now() - interval '2 days' where id = ${campaignId}`,
  );
  expect([await batchOf(campaignId), (await toRemove()).includes(campaignId)]).toEqual(['more', true]);
  await expect(within((tx) => restoreCampaign(tx, campaignId))).rejects.toMatchObject({ code: 'not_found' });
});
