import { campaignActivity, newId } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import type { Tx } from '../connect/database.js';
import { transitionExecution } from '../executions/transition-execution.js';
import { plantCampaign, plantExecution, settleUrl } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { readCampaignActivities } from './read-activities.js';

const SEEDS = ['https://a.test/1', 'https://a.test/2', 'https://a.test/3'];

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

const within = <T>(work: (tx: Tx) => Promise<T>) => db.app.withTenant(db.tenantId, work);

async function runAndEnd(campaignId: string): Promise<string> {
  const { executionId } = await plantExecution(db, { campaignId, seeds: SEEDS });
  const coverage = { discovered: 3, fetched: 0, failed: 0, skipped: 3, pending: 0 };
  const move = { executionId, by: 'a test', to: 'stopped', endReason: 'stopped_by_user', coverage } as const;
  await within((tx) => transitionExecution(tx, move));
  return executionId;
}

it('a campaign tells its last twenty executions, the oldest first, in the shape the API promises', async () => {
  const campaignId = await plantCampaign(db, { seeds: SEEDS });
  const ids: string[] = [];
  for (let run = 0; run < 22; run += 1) ids.push(await runAndEnd(campaignId));
  const activityOf = await within((tx) => readCampaignActivities(tx, [campaignId]));
  const told = activityOf(campaignId);
  expect(campaignActivity.parse(told)).toEqual(told);
  expect(told.executions.map(({ id }) => id)).toEqual(ids.slice(2));
  expect(told.executions.at(-1)).toMatchObject({ number: 22, status: 'stopped', progress: null });
});

it('what runs is told by the counters of its lanes, with how far it is', async () => {
  const campaignId = await plantCampaign(db, { seeds: SEEDS });
  await runAndEnd(campaignId);
  const { executionId } = await plantExecution(db, { campaignId, seeds: SEEDS });
  await within(async (tx) => {
    await transitionExecution(tx, { executionId, by: 'a test', to: 'running' });
    await settleUrl(tx, executionId, 'https://a.test/1', { fetched: 404 });
    await settleUrl(tx, executionId, 'https://a.test/2', { failed: 'timeout' });
  });
  const activityOf = await within((tx) => readCampaignActivities(tx, [campaignId]));
  expect(activityOf(campaignId).executions.at(-1)).toMatchObject({
    ...{ id: executionId, status: 'running', pagesCrawled: 1, errorsEncountered: 2 },
    progress: { settled: 2, known: 3 },
  });
});

it('the next tick is the first of the active schedules; one that never ran and has none is empty', async () => {
  const [planned, idle] = [await plantCampaign(db), await plantCampaign(db)];
  const schedule = (status: string, next: string, deleted: string | null) =>
    within(
      (tx) => tx.sql`
        insert into crawler_schedules (id, tenant_id, campaign_id, name, cron, status, status_reason, next_tick_at,
          next_due_at, deleted_at)
        values (${newId()}, ${db.tenantId}, ${planned}, 'x', '0 3 * * *', ${status},
          ${status === 'paused' ? 'paused_by_user' : null}, ${next}, ${next}, ${deleted})`,
    );
  await schedule('active', '2030-01-03T00:00:00Z', null);
  await schedule('active', '2030-01-02T00:00:00Z', null);
  await schedule('paused', '2030-01-01T00:00:00Z', null);
  const activityOf = await within((tx) => readCampaignActivities(tx, [planned, idle]));
  expect(activityOf(planned)).toEqual({ nextTickAt: '2030-01-02T00:00:00.000Z', executions: [] });
  expect(activityOf(idle)).toEqual({ nextTickAt: null, executions: [] });
});
