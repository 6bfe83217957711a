import { deleteCampaign } from '@outrider/db';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plantSchedule } from '../testing/plant-schedule.js';
import { openTestPlatform, type TestPlatform } from '../testing/test-platform.js';
import { removeDeletedCampaigns } from './remove-deleted-campaigns.js';

let platform: TestPlatform;
beforeEach(async () => {
  platform = await openTestPlatform('postgres', 20);
});
afterEach(() => platform.close());

it('a deleted campaign is removed after a day, and not before', async () => {
  const { campaignId } = await plantSchedule(platform, { cron: '0 3 * * *' });
  const { db, database } = platform;
  await db.app.withTenant(db.tenantId, (tx) => deleteCampaign(tx, campaignId));
  const age = (hours: number) =>
    database.withSystem(
      ({ sql }) => sql`update crawler_campaigns set deleted_at = now() - ${hours} * interval '1 hour'`,
    );
  await age(23.9);
  expect(await removeDeletedCampaigns(database)).toEqual({ removed: 0 });
  await age(24.1);
  expect(await removeDeletedCampaigns(database)).toEqual({ removed: 1 });
  const left = await database.withSystem(({ sql }) => sql`select id from crawler_schedules`);
  expect(left).toHaveLength(0);
});
