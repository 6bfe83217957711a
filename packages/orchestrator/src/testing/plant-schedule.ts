import { listTicks } from '@outrider/db';
import { plantCampaign } from '@outrider/db/testing';
import { type ScheduleCreateInput, type ScheduleTick, scheduleConfig } from '@outrider/shared';
import { createSchedule } from '../schedules/schedule-commands.js';
import type { TestPlatform } from './test-platform.js';

type ScheduleInput = Partial<ScheduleCreateInput>;

/** A campaign of one seed with a schedule, by default every hour. */
export async function plantSchedule(
  { db }: Pick<TestPlatform, 'db'>,
  config: ScheduleInput = {},
  seeds: readonly string[] = ['https://a.test/'],
): Promise<{ campaignId: string; scheduleId: string }> {
  const campaignId = await plantCampaign(db, { seeds });
  return { campaignId, scheduleId: await plantScheduleOf({ db }, campaignId, config) };
}

/** One more schedule of a campaign. */
export async function plantScheduleOf(
  { db }: Pick<TestPlatform, 'db'>,
  campaignId: string,
  config: ScheduleInput = {},
): Promise<string> {
  const whole = scheduleConfig.parse({ name: 'Hourly', cron: '0 * * * *', ...config });
  const schedule = await db.app.withTenant(db.tenantId, (tx) =>
    createSchedule(tx, { tenantId: db.tenantId, campaignId, config: whole }),
  );
  return schedule.id;
}

/** A time half an hour ago, and the expression that names it every hour: no tick of it is on time now. */
export function halfAnHourAgo(): { readonly at: number; readonly cron: string } {
  const at = Math.floor(Date.now() / 60_000) * 60_000 - 30 * 60_000;
  return { at, cron: `${new Date(at).getUTCMinutes()} * * * *` };
}

/** Puts the next tick of a schedule at a past moment, as if no orchestrator had been there since. */
export async function turnBack(
  { db }: Pick<TestPlatform, 'db'>,
  scheduleId: string,
  at: number,
): Promise<void> {
  await db.system.withSystem(
    ({
      sql,
    }) => sql`update crawler_schedules set next_tick_at = ${new Date(at)}, next_due_at = ${new Date(at)}
      where id = ${scheduleId}`,
  );
}

/** Puts the next tick of a schedule at this moment. */
export async function makeDue({ db }: Pick<TestPlatform, 'db'>, scheduleId: string): Promise<void> {
  await db.system.withSystem(
    ({ sql }) =>
      sql`update crawler_schedules set next_tick_at = now(), next_due_at = now() where id = ${scheduleId}`,
  );
}

/** The ledger of a schedule, oldest tick first. */
export async function ledgerOf(
  { db }: Pick<TestPlatform, 'db'>,
  scheduleId: string,
): Promise<ScheduleTick[]> {
  const { items } = await db.app.withTenant(db.tenantId, (tx) =>
    listTicks(tx, { scheduleId, limit: 10_000, after: null }),
  );
  return items.reverse();
}
