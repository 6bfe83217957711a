import { newId } from '@outrider/shared';
import { afterAll, beforeAll, expect, inject, it } from 'vitest';
import { lockCampaign } from '../executions/lock-campaign.js';
import { runAs } from '../testing/empty-database.js';
import { plantCampaign } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { deleteCampaign, deleteCampaignForGood } from './delete-campaign.js';

let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

/** Resolves once somebody waits for a lock. */
async function somebodyWaits(): Promise<void> {
  for (;;) {
    const waiting = await runAs(
      db.url,
      (sql) =>
        sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
    );
    if (waiting.length > 0) return;
  }
}

it.each([deleteCampaign, deleteCampaignForGood])(
  '%o is refused when an execution starts while it waits for the campaign',
  async (deletion) => {
    const campaignId = await plantCampaign(db);
    const deleting = await db.app.withTenant(db.tenantId, async (tx) => {
      await lockCampaign(tx, campaignId);
      const outcome = db.app
        .withTenant(db.tenantId, (other) => deletion(other, campaignId))
        .then(
          () => 'deleted',
          (error: unknown) => error,
        );
      await somebodyWaits();
      await tx.sql`
        insert into campaign_executions (id, tenant_id, campaign_id, number, execution_type, config, config_revision,
          lane_count, triggered_by)
        values (${newId()}, ${db.tenantId}, ${campaignId}, 1, 'api', '{}', 1, 1, 'a test')`;
      return { outcome };
    });
    expect(await deleting.outcome).toMatchObject({ code: 'campaign_busy' });
  },
);
