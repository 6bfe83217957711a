import { readFileSync } from 'node:fs';
import { lockExecution, readExecution, readSchedule, type Tx } from '@outrider/db';
import { plantExecution, settleUrl } from '@outrider/db/testing';
import type { Schedule, ScheduleCreateInput } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { giveOrder } from '../commands/order-execution.js';
import { completeExecutions } from '../duties/complete-executions.js';
import {
  halfAnHourAgo,
  ledgerOf,
  makeDue,
  plantSchedule,
  plantScheduleOf,
  turnBack,
} from '../testing/plant-schedule.js';
import {
  countRows,
  openTestPlatform,
  repairsOf,
  type TestPlatform,
  takeTestLane,
} from '../testing/test-platform.js';
import { whileHeld } from '../testing/while-held.js';
import { backfillSchedule } from './backfill-schedule.js';
import { fireDueSchedules } from './fire-due-schedules.js';
import { replanSchedules } from './replan-schedules.js';
import { changeSchedule, deleteSchedule, pauseSchedule, resumeSchedule } from './schedule-commands.js';
import { settleRuns } from './settle-runs.js';
import { startBufferedTicks } from './start-buffered-ticks.js';

const HOUR = 3_600_000;

type Case<Input, Expected> = { readonly id: string; readonly input: Input; readonly expected: Expected };
type Standing = Case<Partial<ScheduleCreateInput>, Pick<Schedule, 'status' | 'statusReason' | 'nextTickAt'>>;
type Race = Case<{ readonly act: 'change' | 'pause' | 'delete' }, { readonly outcomes: readonly string[] }>;

/** The bad inputs of one layer. */
function casesOf<C extends { readonly id: string }>(layer: string): C[] {
  const file = new URL('../../../../fixtures/bad-inputs/schedules.json', import.meta.url);
  const cases = JSON.parse(readFileSync(file, 'utf8')) as (C & { readonly layer: string })[];
  return cases.filter((one) => one.layer === layer);
}

let platform: TestPlatform;

beforeEach(async () => {
  platform = await openTestPlatform('postgres', 14);
});
afterEach(() => platform.close());

const within = <T>(work: Parameters<typeof platform.db.app.withTenant<T>>[1]) =>
  platform.db.app.withTenant(platform.db.tenantId, work);
const read = (scheduleId: string) => within((tx) => readSchedule(tx, scheduleId));
const outcomes = async (scheduleId: string): Promise<string[]> =>
  (await ledgerOf(platform, scheduleId)).map(({ outcome, reason }) => `${outcome} ${reason}`);

/** Ends the live executions of a campaign by a fetch of their seed. */
async function endExecutions(
  campaignId: string,
  outcome: { fetched: number } | { failed: string } = { fetched: 200 },
) {
  await within(async (tx) => {
    const live = await tx.sql<{ id: string }[]>`
      select id from campaign_executions where campaign_id = ${campaignId} and completed_at is null`;
    for (const { id } of live) await settleUrl(tx, id, 'https://a.test/', outcome);
  });
  await completeExecutions(platform);
}

describe('a tick that is due', () => {
  it('starts an execution that names it, offers its lane, and plans the next', async () => {
    const { campaignId, scheduleId } = await plantSchedule(platform, { name: 'Nightly' });
    await makeDue(platform, scheduleId);
    expect(await fireDueSchedules(platform)).toEqual({ ticks: 1, started: 1 });

    const [tick, ...others] = await ledgerOf(platform, scheduleId);
    expect(others).toEqual([]);
    expect(tick).toMatchObject({
      kind: 'planned',
      outcome: 'started',
      reason: 'on_time',
      executionStatus: 'queued',
    });
    expect(Date.parse(tick?.decidedAt ?? '') - Date.parse(tick?.scheduledFor ?? '')).toBeLessThan(5_000);
    const [execution] = await within(
      ({ sql }) => sql`select id, execution_type, triggered_by, trigger_reason from campaign_executions
        where campaign_id = ${campaignId}`,
    );
    expect(execution).toEqual({
      id: tick?.executionId,
      execution_type: 'scheduled',
      triggered_by: 'schedule Nightly',
      trigger_reason: `tick of ${tick?.scheduledFor} (schedule ${scheduleId})`,
    });
    expect((await platform.laneQueue.depth()).waiting).toBe(1);
    const after = await read(scheduleId);
    expect(after).toMatchObject({ status: 'active', runsStarted: 1 });
    expect(Date.parse(after.nextTickAt ?? '')).toBeGreaterThan(Date.parse(tick?.scheduledFor ?? ''));
    expect(await repairsOf(platform.metrics, 'lane_offered')).toBe(0);
  });

  it('is fired once by five orchestrators at the same time', async () => {
    const ids: string[] = [];
    for (let n = 0; n < 60; n++) ids.push((await plantSchedule(platform)).scheduleId);
    for (const id of ids) await makeDue(platform, id);
    const reports = await Promise.all(Array.from({ length: 5 }, () => fireDueSchedules(platform)));
    await fireDueSchedules(platform);
    expect(reports.reduce((sum, { started = 0 }) => sum + started, 0)).toBeLessThanOrEqual(60);
    expect(await countRows(platform, 'campaign_executions')).toBe(60);
    expect(await countRows(platform, 'schedule_ticks')).toBe(60);
  });

  it('of a campaign that cannot be started has failed, with the reason, and the next is planned', async () => {
    const { scheduleId } = await plantSchedule(platform, {}, []);
    await makeDue(platform, scheduleId);
    await fireDueSchedules(platform);
    const [tick] = await ledgerOf(platform, scheduleId);
    expect(tick).toMatchObject({ outcome: 'failed', reason: 'start_refused', executionId: null });
    expect(tick?.detail).toMatch(/^no_seeds: /);
    expect(await read(scheduleId)).toMatchObject({
      status: 'active',
      consecutiveFailures: 1,
      runsStarted: 0,
    });
  });

  it('that breaks its batch has failed, and the others of the batch are started', async () => {
    const broken = await plantSchedule(platform);
    const sound = await plantSchedule(platform);
    // A configuration that no version of the platform wrote.
    await within(
      ({ sql }) =>
        sql`update crawler_campaigns set config = '{"lanes": "many"}' where id = ${broken.campaignId}`,
    );
    for (const { scheduleId } of [broken, sound]) await makeDue(platform, scheduleId);
    await fireDueSchedules(platform);
    expect(await outcomes(broken.scheduleId)).toEqual(['failed internal_error']);
    expect(await outcomes(sound.scheduleId)).toEqual(['started on_time']);
  });

  it('and has to wait for a lock holds up no other, and is fired once the lock is free', async () => {
    const held: string[] = [];
    const executions: string[] = [];
    for (let n = 0; n < 3; n++) {
      const { campaignId, scheduleId } = await plantSchedule(platform, { overlap: 'cancel_running' });
      const { executionId, laneIds } = await plantExecution(platform.db, {
        campaignId,
        seeds: ['https://a.test/'],
      });
      await takeTestLane(platform, laneIds[0] ?? '');
      held.push(scheduleId);
      executions.push(executionId);
    }
    const sound: string[] = [];
    for (let n = 0; n < 25; n++) sound.push((await plantSchedule(platform)).scheduleId);
    for (const id of [...held, ...sound]) await makeDue(platform, id);
    const lock = async (tx: Tx) => {
      for (const id of executions) await lockExecution(tx, id);
    };
    await whileHeld(platform, lock, async () => {
      expect(await fireDueSchedules(platform)).toEqual({ ticks: 25, started: 25 });
      for (const id of sound) expect(await outcomes(id)).toEqual(['started on_time']);
      for (const id of held) expect(await outcomes(id)).toEqual([]);
    });
    expect(await fireDueSchedules(platform)).toEqual({ ticks: 3, started: 0 });
    for (const id of held) expect(await outcomes(id)).toEqual(['buffered cancelling_running']);
  });

  it('in a blackout is skipped, with the window', async () => {
    const { scheduleId } = await plantSchedule(platform, {
      blackouts: [
        { from: '00:00', to: '12:00' },
        { from: '12:00', to: '00:00' },
      ],
    });
    await makeDue(platform, scheduleId);
    await fireDueSchedules(platform);
    const [tick] = await ledgerOf(platform, scheduleId);
    expect(tick).toMatchObject({ outcome: 'skipped_blackout', reason: 'blackout' });
    expect(tick?.detail).toMatch(/ to /);
  });
});

describe('ticks that no orchestrator was there for (F27)', () => {
  it.each([
    ['none', {}, ['missed catch_up_none', 'missed catch_up_none', 'missed catch_up_none']],
    ['one', {}, ['missed catch_up_one', 'missed catch_up_one', 'started caught_up']],
    ['all', { max: 2 }, ['missed catch_up_max', 'started caught_up', 'buffered caught_up']],
    ['all', { max: 9, windowSeconds: 0 }, Array.from({ length: 3 }, () => 'missed catch_up_window')],
  ] as const)('are caught up with by `%s` %j', async (mode, more, expected) => {
    const { at, cron } = halfAnHourAgo();
    const catchUp = { mode, max: 1, windowSeconds: 10 * 3_600, ...more };
    const { scheduleId } = await plantSchedule(platform, { cron, catchUp });
    await turnBack(platform, scheduleId, at - 2 * HOUR);
    await fireDueSchedules(platform);
    expect(await outcomes(scheduleId)).toEqual(expected);
    const times = (await ledgerOf(platform, scheduleId)).map(({ scheduledFor }) => Date.parse(scheduledFor));
    expect(times).toEqual([at - 2 * HOUR, at - HOUR, at]);
  });

  it('for a day by the minute each have their row', async () => {
    const { scheduleId } = await plantSchedule(platform, { cron: '* * * * *', catchUp: { mode: 'none' } });
    const first = halfAnHourAgo().at - 24 * HOUR;
    await turnBack(platform, scheduleId, first);
    await fireDueSchedules(platform);
    const ticks = await ledgerOf(platform, scheduleId);
    const until = Date.parse((await read(scheduleId)).nextTickAt ?? '');
    expect(ticks.length).toBe((until - first) / 60_000);
    expect(ticks.filter(({ outcome }) => outcome === 'started').length).toBeLessThanOrEqual(1);
  });
});

describe('a tick while an execution has not ended (F28)', () => {
  async function tickTwice(overlap: 'skip' | 'buffer_one' | 'cancel_running' | 'allow', taken: boolean) {
    const planted = await plantSchedule(platform, { overlap });
    await makeDue(platform, planted.scheduleId);
    await fireDueSchedules(platform);
    if (taken) {
      const [lane] = await within(
        ({ sql }) =>
          sql<{ id: string }[]>`select id from execution_lanes where campaign_id = ${planted.campaignId}`,
      );
      await takeTestLane(platform, lane?.id ?? '');
    }
    for (let n = 0; n < 2; n++) {
      await makeDue(platform, planted.scheduleId);
      await fireDueSchedules(platform);
    }
    return planted;
  }

  it('is skipped by `skip`, naming the execution, and the schedule goes on', async () => {
    const { campaignId, scheduleId } = await tickTwice('skip', true);
    expect(await outcomes(scheduleId)).toEqual([
      'started on_time',
      'skipped_overlap still_running',
      'skipped_overlap still_running',
    ]);
    const [first, second] = await ledgerOf(platform, scheduleId);
    expect(second?.detail).toBe(`execution ${first?.executionId}`);
    await endExecutions(campaignId);
    await makeDue(platform, scheduleId);
    await fireDueSchedules(platform);
    expect((await outcomes(scheduleId)).at(-1)).toBe('started on_time');
  });

  it('waits by `buffer_one`, a second one does not, and it starts when the campaign is free', async () => {
    const { campaignId, scheduleId } = await tickTwice('buffer_one', true);
    expect(await outcomes(scheduleId)).toEqual([
      'started on_time',
      'buffered after_overlap',
      'skipped_overlap buffer_full',
    ]);
    expect(await startBufferedTicks(platform)).toEqual({ started: 0 });
    await endExecutions(campaignId);
    const started = await Promise.all([startBufferedTicks(platform), startBufferedTicks(platform)]);
    expect(started.reduce((sum, report) => sum + (report['started'] ?? 0), 0)).toBe(1);
    expect((await outcomes(scheduleId))[1]).toBe('started after_overlap');
    expect(await countRows(platform, 'campaign_executions')).toBe(2);
  });

  it('cancels the running one by `cancel_running`, and starts after it', async () => {
    const { campaignId, scheduleId } = await tickTwice('cancel_running', true);
    expect(await outcomes(scheduleId)).toEqual([
      'started on_time',
      'buffered cancelling_running',
      'skipped_overlap buffer_full',
    ]);
    const [first] = await ledgerOf(platform, scheduleId);
    expect(first?.executionStatus).toBe('stopping');
    const order = await within((tx) => readExecution(tx, first?.executionId ?? ''));
    expect(order.orderedBy).toBe('schedule Hourly');
    await completeExecutions(platform);
    expect((await ledgerOf(platform, scheduleId))[0]?.executionStatus).toBe('cancelled');
    await startBufferedTicks(platform);
    expect((await outcomes(scheduleId))[1]).toBe('started after_overlap');
    await endExecutions(campaignId);
  });

  it.each(['stop', 'cancel'] as const)(
    'waits by `cancel_running` for one that somebody told to %s, and cuts it short',
    async (kind) => {
      const { campaignId, scheduleId } = await plantSchedule(platform, { overlap: 'cancel_running' });
      await makeDue(platform, scheduleId);
      await fireDueSchedules(platform);
      const [first] = await ledgerOf(platform, scheduleId);
      const executionId = first?.executionId ?? '';
      const [lane] = await within(
        ({ sql }) => sql<{ id: string }[]>`select id from execution_lanes where campaign_id = ${campaignId}`,
      );
      await takeTestLane(platform, lane?.id ?? '');
      const about = { executionId, by: 'key a', reason: null, cause: 'request' } as const;
      await within((tx) => giveOrder(tx, platform, { ...about, kind, graceMs: 600_000 }));
      await makeDue(platform, scheduleId);
      await fireDueSchedules(platform);
      expect((await outcomes(scheduleId)).at(-1)).toBe('buffered cancelling_running');
      await completeExecutions(platform);
      expect((await within((tx) => readExecution(tx, executionId))).status).toBe('cancelled');
    },
  );

  it('starts at once by `cancel_running` when no worker had touched the running one', async () => {
    const { scheduleId } = await tickTwice('cancel_running', false);
    expect(await outcomes(scheduleId)).toEqual(['started on_time', 'started on_time', 'started on_time']);
    const states = (await ledgerOf(platform, scheduleId)).map(({ executionStatus }) => executionStatus);
    expect(states).toEqual(['cancelled', 'cancelled', 'queued']);
  });

  it('starts beside it by `allow`', async () => {
    const { scheduleId } = await tickTwice('allow', true);
    expect(await outcomes(scheduleId)).toEqual(['started on_time', 'started on_time', 'started on_time']);
    expect(await countRows(platform, 'campaign_executions')).toBe(3);
  });

  it('that was started by hand counts as well', async () => {
    const { campaignId, scheduleId } = await plantSchedule(platform);
    const other = await plantScheduleOf(platform, campaignId);
    for (const id of [other, scheduleId]) {
      await makeDue(platform, id);
      await fireDueSchedules(platform);
    }
    expect(await outcomes(scheduleId)).toEqual(['skipped_overlap still_running']);
  });
});

describe('a schedule', () => {
  it('pauses itself after as many failures as it allows, and says so', async () => {
    const { campaignId, scheduleId } = await plantSchedule(platform, { pauseAfterFailures: 2 });
    for (let n = 0; n < 2; n++) {
      await makeDue(platform, scheduleId);
      await fireDueSchedules(platform);
      await endExecutions(campaignId, { failed: 'connect_timeout' });
      await settleRuns(platform);
    }
    expect(await read(scheduleId)).toMatchObject({
      status: 'paused',
      statusReason: 'paused_after_failures',
      consecutiveFailures: 2,
    });
    await makeDue(platform, scheduleId);
    await fireDueSchedules(platform);
    expect(await outcomes(scheduleId)).toEqual([
      'started on_time',
      'started on_time',
      'skipped_paused paused_after_failures',
    ]);
    const [event] = await within(
      ({ sql }) => sql`select payload from event_stream where event_type = 'schedule.paused'`,
    );
    expect(event).toMatchObject({ payload: { scheduleId, reason: 'paused_after_failures' } });
    expect(await within((tx) => resumeSchedule(tx, scheduleId))).toMatchObject({
      status: 'active',
      statusReason: null,
      consecutiveFailures: 0,
    });
  });

  it('learns how its starts ended, though those of another cannot be noted', async () => {
    const [broken, sound] = [await plantSchedule(platform), await plantSchedule(platform)];
    for (const { campaignId, scheduleId } of [broken, sound]) {
      await makeDue(platform, scheduleId);
      await fireDueSchedules(platform);
      await endExecutions(campaignId, { failed: 'connect_timeout' });
    }
    const owner = (statement: string) => platform.db.asOwner((sql) => sql.unsafe(statement));
    await owner(`alter table schedule_ticks add constraint broken
      check (schedule_id <> '${broken.scheduleId}' or execution_status is null)`);
    expect(await settleRuns(platform)).toEqual({ settled: 1 });
    expect(await read(sound.scheduleId)).toMatchObject({ consecutiveFailures: 1 });
    expect(await read(broken.scheduleId)).toMatchObject({ consecutiveFailures: 0 });
    await owner('alter table schedule_ticks drop constraint broken');
    expect(await settleRuns(platform)).toEqual({ settled: 1 });
    expect(await read(broken.scheduleId)).toMatchObject({ consecutiveFailures: 1 });
  });

  it('forgets its failures with a success', async () => {
    const { campaignId, scheduleId } = await plantSchedule(platform, { pauseAfterFailures: 2 });
    for (const outcome of [{ failed: 'connect_timeout' }, { fetched: 200 }, { failed: 'connect_timeout' }]) {
      await makeDue(platform, scheduleId);
      await fireDueSchedules(platform);
      await endExecutions(campaignId, outcome);
      await settleRuns(platform);
    }
    expect(await read(scheduleId)).toMatchObject({ status: 'active', consecutiveFailures: 1 });
  });

  it.each(casesOf<Standing>('limit'))(
    '$id: whose limit is reached fires no more',
    async ({ input, expected }) => {
      const { campaignId, scheduleId } = await plantSchedule(platform, input);
      for (let n = 0; n < (input.maxRuns ?? 0); n++) {
        await makeDue(platform, scheduleId);
        await fireDueSchedules(platform);
        await endExecutions(campaignId);
      }
      expect(await read(scheduleId)).toMatchObject({ ...expected, runsStarted: input.maxRuns });
      expect(await fireDueSchedules(platform)).toEqual({ ticks: 0, started: 0 });
    },
  );

  it.each(casesOf<Standing>('standing'))(
    '$id: is so from the start, and fires nothing',
    async ({ input, expected }) => {
      const { scheduleId } = await plantSchedule(platform, input);
      expect(await read(scheduleId)).toMatchObject(expected);
      expect(await fireDueSchedules(platform)).toEqual({ ticks: 0, started: 0 });
    },
  );

  it('that has finished goes on when its end is moved (G05)', async () => {
    const { scheduleId } = await plantSchedule(platform, { endsAt: '2020-01-01T00:00:00Z' });
    const later = { endsAt: '2999-01-01T00:00:00Z' };
    expect(await within((tx) => changeSchedule(tx, scheduleId, later))).toMatchObject({ status: 'active' });
  });

  it('planned by older time zone rules is planned anew, once', async () => {
    const { scheduleId } = await plantSchedule(platform, { cron: '0 3 * * *', timeZone: 'Europe/Berlin' });
    const right = (await read(scheduleId)).nextTickAt;
    await platform.db.system.withSystem(
      ({ sql }) => sql`update crawler_schedules set zone_rules = '2001a',
        next_tick_at = next_tick_at + interval '1 hour', next_due_at = next_due_at + interval '1 hour'`,
    );
    expect(await replanSchedules(platform.database)).toEqual({ replanned: 1 });
    expect((await read(scheduleId)).nextTickAt).toBe(right);
    expect(await replanSchedules(platform.database)).toEqual({ replanned: 0 });
    expect(await replanSchedules(platform.database, '2000a')).toEqual({ replanned: 0 });
  });
});

describe('a schedule changed at the moment it fires (G03)', () => {
  it.each(casesOf<Race>('race'))('$id has exactly one outcome for the tick', async ({ input, expected }) => {
    for (let round = 0; round < 12; round++) {
      const { scheduleId } = await plantSchedule(platform);
      await makeDue(platform, scheduleId);
      const act = {
        change: () => within((tx) => changeSchedule(tx, scheduleId, { cron: '30 4 * * *' })),
        pause: () => within((tx) => pauseSchedule(tx, scheduleId)),
        delete: () => within((tx) => deleteSchedule(tx, scheduleId)),
      }[input.act];
      await Promise.all([fireDueSchedules(platform), act(), fireDueSchedules(platform)]);
      await fireDueSchedules(platform);
      const [outcome, ...others] = await outcomes(scheduleId);
      expect(others).toEqual([]);
      expect(expected.outcomes).toContain(outcome);
    }
  });

  it('or deleted while its execution runs leaves the execution and the ledger', async () => {
    const { campaignId, scheduleId } = await plantSchedule(platform, { overlap: 'buffer_one' });
    for (let n = 0; n < 2; n++) {
      await makeDue(platform, scheduleId);
      await fireDueSchedules(platform);
    }
    await within((tx) => deleteSchedule(tx, scheduleId));
    await endExecutions(campaignId);
    await settleRuns(platform);
    await startBufferedTicks(platform);
    expect(await outcomes(scheduleId)).toEqual(['started on_time', 'skipped_deleted schedule_deleted']);
    expect((await ledgerOf(platform, scheduleId))[0]?.executionStatus).toBe('completed');
  });
});

describe('a backfill', () => {
  it('starts the ticks of a past range one after another, those that started before left out', async () => {
    const { at, cron } = halfAnHourAgo();
    const first = at - 2 * HOUR;
    const { campaignId, scheduleId } = await plantSchedule(platform, { cron, catchUp: { mode: 'none' } });
    await turnBack(platform, scheduleId, first);
    await fireDueSchedules(platform);
    const range = { from: first, to: at + 1, max: 10 };
    const done = await within((tx) => backfillSchedule(tx, scheduleId, range));
    expect(done).toEqual({ waiting: [0, 1, 2].map((n) => first + n * HOUR), alreadyStarted: 0 });
    expect(await within((tx) => backfillSchedule(tx, scheduleId, range))).toEqual({
      waiting: [],
      alreadyStarted: 3,
    });
    for (let n = 0; n < 4; n++) {
      await endExecutions(campaignId);
      await startBufferedTicks(platform);
    }
    const ticks = (await ledgerOf(platform, scheduleId)).slice(0, 3);
    expect(ticks.map(({ outcome, reason, kind }) => [outcome, reason, kind])).toEqual(
      Array.from({ length: 3 }, () => ['started', 'backfilled', 'backfill']),
    );
    expect(await read(scheduleId)).toMatchObject({ status: 'active' });
  });

  it('of the future, or of too many ticks, is refused', async () => {
    const { scheduleId } = await plantSchedule(platform);
    const now = Date.now();
    const backfill = (from: number, to: number, max: number) =>
      within((tx) => backfillSchedule(tx, scheduleId, { from, to, max }));
    await expect(backfill(now, now + 48 * HOUR, 10)).rejects.toMatchObject({ code: 'validation_failed' });
    await expect(backfill(now - 48 * HOUR, now - HOUR, 10)).rejects.toMatchObject({ code: 'limit_exceeded' });
  });
});
