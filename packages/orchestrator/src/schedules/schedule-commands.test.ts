import { lockSchedule, readSchedule, type Tx } from '@outrider/db';
import type { ScheduleCreateInput } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ledgerOf, plantSchedule } from '../testing/plant-schedule.js';
import { openTestPlatform, type TestPlatform } from '../testing/test-platform.js';
import { countEnds } from './count-ends.js';
import { fireDueSchedules } from './fire-due-schedules.js';
import { replanSchedules } from './replan-schedules.js';
import {
  changeSchedule,
  deleteSchedule,
  pauseSchedule,
  restoreSchedule,
  resumeSchedule,
} from './schedule-commands.js';

const MINUTE = 60_000;

let platform: TestPlatform;

beforeEach(async () => {
  platform = await openTestPlatform('postgres', 20);
});
afterEach(() => platform.close());

const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
const outcomes = async (scheduleId: string): Promise<string[]> =>
  (await ledgerOf(platform, scheduleId)).map(({ outcome, reason }) => `${outcome} ${reason}`);

/** When the next tick of a schedule is planned for and due, in milliseconds since 1970. */
async function nextOf(scheduleId: string): Promise<{ at: number; dueAt: number }> {
  const { nextTickAt, nextDueAt } = await within((tx) => readSchedule(tx, scheduleId));
  return { at: Date.parse(nextTickAt ?? ''), dueAt: Date.parse(nextDueAt ?? '') };
}

/** A daily schedule whose tick was planned for ten minutes ago and, by its jitter, is due in twenty. */
async function plantInJitter(config: Partial<ScheduleCreateInput> = {}) {
  const { scheduleId } = await plantSchedule(platform, {
    // Half a day away, so that its own tick does not come near.
    cron: `0 ${(new Date().getUTCHours() + 12) % 24} * * *`,
    jitterSeconds: 3_600,
    ...config,
  });
  const at = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;
  const dueAt = at + 30 * MINUTE;
  await platform.database.withSystem(
    ({ sql }) => sql`update crawler_schedules
      set next_tick_at = ${new Date(at)}, next_due_at = ${new Date(dueAt)} where id = ${scheduleId}`,
  );
  return { scheduleId, at, dueAt };
}

/** Lets the jitter of a schedule's next tick end. */
async function endJitter(scheduleId: string): Promise<void> {
  await platform.database.withSystem(
    ({ sql }) => sql`update crawler_schedules set next_due_at = now() where id = ${scheduleId}`,
  );
}

async function countFailure(tx: Tx, scheduleId: string): Promise<void> {
  const { schedule } = await lockSchedule(tx, scheduleId);
  await countEnds(tx, [{ schedule, ends: ['failed'] }]);
}

describe('a tick that waits for the end of its jitter', () => {
  it.each([
    ['a new name', { name: 'renamed' }],
    ['another policy', { overlap: 'allow' }],
    ['no more jitter', { jitterSeconds: 0 }],
    ['an end before now', { endsAt: '2020-01-01T00:00:00Z' }],
  ] as const)('stays with %s of its schedule, and is fired once', async (_, patch) => {
    const { scheduleId, at, dueAt } = await plantInJitter();
    await within((tx) => changeSchedule(tx, scheduleId, patch));
    expect(await nextOf(scheduleId)).toEqual({ at, dueAt });
    await endJitter(scheduleId);
    await fireDueSchedules(platform);
    const ticks = await ledgerOf(platform, scheduleId);
    expect(ticks.map(({ scheduledFor }) => Date.parse(scheduledFor))).toEqual([at]);
    expect(await outcomes(scheduleId)).toEqual(['started on_time']);
  });

  it('is due at once when a new cron has a tick before its end, and nothing is missed that was never planned', async () => {
    const { scheduleId, at } = await plantInJitter();
    const changedAt = Date.now();
    await within((tx) => changeSchedule(tx, scheduleId, { cron: '* * * * *', jitterSeconds: 0 }));
    const next = await nextOf(scheduleId);
    expect(next.at).toBe(at);
    expect(next.dueAt).toBeLessThanOrEqual(Date.now() + 1_000);
    await endJitter(scheduleId);
    await fireDueSchedules(platform);
    const ticks = await ledgerOf(platform, scheduleId);
    expect(ticks[0]).toMatchObject({ outcome: 'started', reason: 'on_time' });
    const others = ticks.map(({ scheduledFor }) => Date.parse(scheduledFor)).filter((time) => time !== at);
    expect(others.filter((time) => time < changedAt - 1_000)).toEqual([]);
    expect(ticks.filter(({ outcome }) => outcome === 'missed')).toEqual([]);
    expect((await nextOf(scheduleId)).at).toBeGreaterThan(changedAt - 1_000);
  });

  it('keeps the ticks that are behind it in the ledger when no orchestrator has come to them before a change', async () => {
    const { scheduleId } = await plantSchedule(platform, { cron: '* * * * *', catchUp: { mode: 'none' } });
    const at = Math.floor(Date.now() / MINUTE) * MINUTE - 10 * MINUTE;
    await platform.database.withSystem(
      ({ sql }) => sql`update crawler_schedules
        set next_tick_at = ${new Date(at)}, next_due_at = ${new Date(at)} where id = ${scheduleId}`,
    );
    await within((tx) => changeSchedule(tx, scheduleId, { name: 'renamed' }));
    await fireDueSchedules(platform);
    const missed = (await outcomes(scheduleId)).filter((outcome) => outcome === 'missed catch_up_none');
    expect(missed.length).toBeGreaterThanOrEqual(9);
  });

  it('stays while its schedule is paused and resumed', async () => {
    const { scheduleId, at, dueAt } = await plantInJitter();
    await within((tx) => pauseSchedule(tx, scheduleId));
    await within((tx) => resumeSchedule(tx, scheduleId));
    expect(await nextOf(scheduleId)).toEqual({ at, dueAt });
  });

  it('stays with newer time zone rules, which plan what follows it', async () => {
    const { scheduleId, at, dueAt } = await plantInJitter();
    await platform.database.withSystem(
      ({ sql }) => sql`update crawler_schedules set zone_rules = '2000a' where id = ${scheduleId}`,
    );
    expect(await replanSchedules(platform.database)).toEqual({ replanned: 0 });
    expect(await nextOf(scheduleId)).toEqual({ at, dueAt });
    await endJitter(scheduleId);
    await fireDueSchedules(platform);
    expect(await outcomes(scheduleId)).toEqual(['started on_time']);
    expect(await replanSchedules(platform.database)).toEqual({ replanned: 0 });
  });

  it('is in the ledger when its schedule is deleted', async () => {
    const { scheduleId, at } = await plantInJitter();
    await within((tx) => deleteSchedule(tx, scheduleId));
    const ticks = await ledgerOf(platform, scheduleId);
    expect(ticks.map(({ scheduledFor }) => Date.parse(scheduledFor))).toEqual([at]);
    expect(await outcomes(scheduleId)).toEqual(['skipped_deleted schedule_deleted']);
  });
});

describe('a schedule whose deletion is undone', () => {
  it('goes on with its next tick, and does not make up for what came to nothing', async () => {
    const { scheduleId, at } = await plantInJitter();
    await within((tx) => deleteSchedule(tx, scheduleId));
    const restored = await within((tx) => restoreSchedule(tx, scheduleId));
    expect(restored.status).toBe('active');
    expect((await nextOf(scheduleId)).at).toBeGreaterThan(at);
    expect((await nextOf(scheduleId)).at).toBeGreaterThan(Date.now());
    expect(await outcomes(scheduleId)).toEqual(['skipped_deleted schedule_deleted']);
  });

  it('stays paused if it was, and one that is there stays as it is', async () => {
    const { scheduleId } = await plantSchedule(platform, { cron: '0 3 * * *' });
    await within((tx) => pauseSchedule(tx, scheduleId));
    await within((tx) => deleteSchedule(tx, scheduleId));
    const restored = await within((tx) => restoreSchedule(tx, scheduleId));
    expect([restored.status, restored.statusReason]).toEqual(['paused', 'paused_by_user']);
    expect(await within((tx) => restoreSchedule(tx, scheduleId))).toEqual(restored);
  });

  it('starts nothing while its campaign is deleted', async () => {
    const { scheduleId } = await plantInJitter();
    await endJitter(scheduleId);
    await platform.database.withSystem(({ sql }) => sql`update crawler_campaigns set deleted_at = now()`);
    await fireDueSchedules(platform);
    expect(await outcomes(scheduleId)).toEqual([]);
    await platform.database.withSystem(({ sql }) => sql`update crawler_campaigns set deleted_at = null`);
    await fireDueSchedules(platform);
    expect(await outcomes(scheduleId)).toEqual(['started on_time']);
  });
});

describe('the time zone rules that a tick was planned by', () => {
  it.each(['pause', 'failure'] as const)('stay noted with a %s, which plans nothing', async (what) => {
    const { scheduleId } = await plantSchedule(platform, { cron: '0 3 * * *' });
    const { at } = await nextOf(scheduleId);
    await platform.database.withSystem(
      ({ sql }) => sql`update crawler_schedules set zone_rules = '2000a',
        next_tick_at = next_tick_at + interval '1 hour', next_due_at = next_due_at + interval '1 hour'`,
    );
    if (what === 'pause') await within((tx) => pauseSchedule(tx, scheduleId));
    else await within((tx) => countFailure(tx, scheduleId));
    expect(await replanSchedules(platform.database)).toEqual({ replanned: 1 });
    expect((await nextOf(scheduleId)).at).toBe(at);
  });
});
