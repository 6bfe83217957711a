import { readSchedule, type Tx } from '@outrider/db';
import type { ScheduleCreateInput } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerOf, plantSchedule } from '../testing/plant-schedule.js';
import { openTestPlatform, type TestPlatform } from '../testing/test-platform.js';
import { whileHeld } from '../testing/while-held.js';
import { startBufferedTicks } from './start-buffered-ticks.js';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await openTestPlatform('postgres', 19);
});
afterEach(() => platform.close());

const system = <T>(work: (tx: Tx) => Promise<T>) => platform.database.withSystem(work);
const read = (scheduleId: string) =>
  platform.db.app.withTenant(platform.db.tenantId, (tx) => readSchedule(tx, scheduleId));
const outcomes = async (scheduleId: string): Promise<string[]> =>
  (await ledgerOf(platform, scheduleId)).map(({ outcome, reason }) => `${outcome} ${reason}`);

type Planted = Awaited<ReturnType<typeof plantSchedule>>;

/** A schedule with starts that have waited for an hour, two hours and so on. */
async function plantWaiting(
  config: Partial<ScheduleCreateInput> = {},
  { waiting = 1, seeds = ['https://a.test/'] }: { waiting?: number; seeds?: readonly string[] } = {},
): Promise<Planted> {
  const planted = await plantSchedule(platform, { overlap: 'buffer_one', ...config }, seeds);
  const { scheduleId, campaignId } = planted;
  await system(async ({ sql }) => {
    await sql`
      insert into schedule_ticks (schedule_id, scheduled_for, tenant_id, campaign_id, due_at, outcome, reason)
      select ${scheduleId}, at, ${platform.db.tenantId}, ${campaignId}, at, 'buffered', 'after_overlap'
      from generate_series(1, ${waiting}::int) as hours,
        lateral (select date_trunc('minute', now()) - hours * interval '1 hour' as at) as planned`;
    await sql`update crawler_schedules set runs_started = ${waiting} where id = ${scheduleId}`;
  });
  return planted;
}

/** Gives a campaign a configuration that no version of the platform wrote. */
const breakCampaign = (campaignId: string) =>
  system(
    ({ sql }) => sql`update crawler_campaigns set config = '{"lanes": "many"}' where id = ${campaignId}`,
  );

describe('a start that waits', () => {
  it('and breaks has failed with what broke, and those behind it are started', async () => {
    const broken = await plantWaiting({}, { waiting: 2 });
    const sound = await plantWaiting();
    await breakCampaign(broken.campaignId);
    expect(await startBufferedTicks(platform)).toEqual({ started: 1 });
    expect(await outcomes(sound.scheduleId)).toEqual(['started after_overlap']);
    await startBufferedTicks(platform);
    expect(await outcomes(broken.scheduleId)).toEqual(['failed internal_error', 'failed internal_error']);
    const [tick] = await ledgerOf(platform, broken.scheduleId);
    expect(tick?.detail).toMatch(/lanes/);
    expect(await read(broken.scheduleId)).toMatchObject({ runsStarted: 0, consecutiveFailures: 2 });
  });

  it('and cannot have its locks goes on waiting, and those behind it are started', async () => {
    const held = await plantWaiting({}, { waiting: 2 });
    const sound = await plantWaiting();
    const counters = ({ sql }: Tx) =>
      sql`select from campaign_metrics where campaign_id = ${held.campaignId} for update`;
    await whileHeld(platform, counters, async () => {
      expect(await startBufferedTicks(platform)).toEqual({ started: 1 });
    });
    expect(await outcomes(sound.scheduleId)).toEqual(['started after_overlap']);
    expect(await outcomes(held.scheduleId)).toEqual(['buffered after_overlap', 'buffered after_overlap']);
    expect(await startBufferedTicks(platform)).toEqual({ started: 1 });
    expect(await outcomes(held.scheduleId)).toEqual(['started after_overlap', 'buffered after_overlap']);
  });

  it('and is refused is a failure of its schedule, which pauses itself and gives up what else waits', async () => {
    const { scheduleId } = await plantWaiting({ pauseAfterFailures: 1 }, { waiting: 3, seeds: [] });
    await startBufferedTicks(platform);
    expect(await read(scheduleId)).toMatchObject({
      ...{ status: 'paused', statusReason: 'paused_after_failures' },
      ...{ consecutiveFailures: 1, runsStarted: 0 },
    });
    expect(await outcomes(scheduleId)).toEqual([
      'failed start_refused',
      'skipped_paused paused_after_failures',
      'skipped_paused paused_after_failures',
    ]);
    const events = await system(
      ({ sql }) => sql<{ event_type: string }[]>`
        select event_type from event_stream where payload ->> 'scheduleId' = ${scheduleId} order by seq`,
    );
    expect(events.map(({ event_type }) => event_type)).toEqual([
      'schedule.created',
      'schedule.ticked',
      'schedule.paused',
    ]);
  });
});
