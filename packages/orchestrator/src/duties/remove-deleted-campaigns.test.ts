import { deleteCampaign } from '@outrider/db';
import { runAs } from '@outrider/db/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { plantSchedule } from '../testing/plant-schedule.js';
import { countRows, openTestPlatform, type TestPlatform } from '../testing/test-platform.js';
import { removeDeletedCampaigns } from './remove-deleted-campaigns.js';

let platform: TestPlatform;
beforeEach(async () => {
  platform = await openTestPlatform('postgres', 20);
});
afterEach(() => platform.close());

/** As if all that is deleted had been deleted so many hours ago. */
const age = (hours: number) =>
  platform.database.withSystem(
    ({ sql }) => sql`update crawler_campaigns set deleted_at = now() - ${hours} * interval '1 hour'
      where deleted_at is not null`,
  );
const deleteOne = (campaignId: string) =>
  platform.db.app.withTenant(platform.db.tenantId, (tx) => deleteCampaign(tx, campaignId));

it('a deleted campaign is removed after a day, and not before', async () => {
  const { campaignId } = await plantSchedule(platform, { cron: '0 3 * * *' });
  await deleteOne(campaignId);
  await age(23.9);
  expect(await removeDeletedCampaigns(platform)).toEqual({ removed: 0, failed: 0 });
  await age(24.1);
  expect(await removeDeletedCampaigns(platform)).toEqual({ removed: 1, failed: 0 });
  expect(await countRows(platform, 'crawler_schedules')).toBe(0);
});

it('a campaign that cannot be removed is passed over and logged, and the others go', async () => {
  const stuck = await plantSchedule(platform);
  const other = await plantSchedule(platform);
  await deleteOne(stuck.campaignId);
  await deleteOne(other.campaignId);
  await age(25);
  await runAs(platform.db.url, async (sql) => {
    await sql`create table keepsakes (campaign_id uuid references crawler_campaigns)`;
    await sql`insert into keepsakes values (${stuck.campaignId})`;
  });
  expect(await removeDeletedCampaigns(platform)).toEqual({ removed: 1, failed: 1 });
  expect(platform.logged).toContainEqual(
    expect.objectContaining({
      campaignId: stuck.campaignId,
      msg: expect.stringContaining('could not be removed'),
    }),
  );
  const left = await platform.database.withSystem(
    ({ sql }) => sql<{ id: string }[]>`select id from crawler_campaigns`,
  );
  expect(left.map(({ id }) => id)).toEqual([stuck.campaignId]);
  await runAs(platform.db.url, (sql) => sql`drop table keepsakes`);
  expect(await removeDeletedCampaigns(platform)).toEqual({ removed: 1, failed: 0 });
});
