import { beatInstance, readExecution, registerInstance, setTenantQuotas } from '@outrider/db';
import { plantExecution, settleUrl } from '@outrider/db/testing';
import { newId, type ScheduleCreateInput } from '@outrider/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { healStalls } from '../duties/heal-stalls.js';
import { fireDueSchedules } from '../schedules/fire-due-schedules.js';
import { ledgerOf, makeDue, plantSchedule } from '../testing/plant-schedule.js';
import { openTestPlatform, readEvents, type TestPlatform, takeTestLane } from '../testing/test-platform.js';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await openTestPlatform('postgres', 15);
});
afterEach(() => platform.close());

const heal = () => healStalls({ ...platform, laneLeaseMs: 60_000, stallAfterMs: 60_000 });
const read = (executionId: string) =>
  platform.db.app.withTenant(platform.db.tenantId, (tx) => readExecution(tx, executionId));

/** A schedule whose first tick has an execution that nobody takes, and whose next tick is due in `dueInSeconds`. */
async function startByTick(dueInSeconds: number): Promise<{ scheduleId: string; executionId: string }> {
  const { scheduleId } = await plantSchedule(platform);
  await makeDue(platform, scheduleId);
  await fireDueSchedules(platform);
  const [tick] = await ledgerOf(platform, scheduleId);
  await platform.db.system.withSystem(
    ({ sql }) => sql`
      update crawler_schedules set next_tick_at = now() + ${dueInSeconds} * interval '1 second',
        next_due_at = now() + ${dueInSeconds} * interval '1 second' where id = ${scheduleId}`,
  );
  return { scheduleId, executionId: tick?.executionId ?? '' };
}

/** The doctor looks twice, an hour apart. */
async function healAfterAnHour(): Promise<void> {
  await heal();
  await platform.db.system.withSystem(
    ({ sql }) => sql`update execution_watches set moved_at = now() - interval '1 hour'`,
  );
  await heal();
}

it('a queued execution that nobody can take gives way to the next tick of its schedule', async () => {
  const { scheduleId, executionId } = await startByTick(20);
  await healAfterAnHour();
  expect(await read(executionId)).toMatchObject({
    status: 'failed',
    endReason: 'stalled',
    coverage: { discovered: 1, skipped: 1, pending: 0 },
  });
  expect((await readEvents(platform, executionId)).at(-1)?.type).toBe('execution.ended');
  await makeDue(platform, scheduleId);
  await fireDueSchedules(platform);
  expect((await ledgerOf(platform, scheduleId)).map(({ outcome }) => outcome)).toEqual([
    'started',
    'started',
  ]);
});

it('a queued execution whose schedule is not due yet is left in the queue, and says why it waits', async () => {
  const { executionId } = await startByTick(3_600);
  await healAfterAnHour();
  expect(await read(executionId)).toMatchObject({ status: 'queued', waitingReason: 'no_worker' });
  const stalled = (await readEvents(platform, executionId)).filter(
    ({ type }) => type === 'execution.stalled',
  );
  expect(stalled.map(({ payload }) => payload['cause'])).toEqual(['no_worker_alive']);
});

it('an execution that its quota keeps waiting is not stalled, and gives way to nothing', async () => {
  const { database, db } = platform;
  const worker = { id: newId(), host: 'h', pid: 1, version: 'test', capabilities: ['http'], capacity: 4 };
  await database.withSystem((tx) => registerInstance(tx, worker));
  await database.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxRunningExecutions: 0 }));
  const { executionId } = await startByTick(20);
  await healAfterAnHour();
  expect(await read(executionId)).toMatchObject({ status: 'queued', waitingReason: 'quota_executions' });
  const types = (await readEvents(platform, executionId)).map(({ type }) => type);
  expect(types).not.toContain('execution.stalled');
});

const system = (work: Parameters<TestPlatform['database']['withSystem']>[0]) =>
  platform.database.withSystem(work);
const due = (scheduleId: string, dueInSeconds: number) =>
  system(
    ({ sql }) => sql`
      update crawler_schedules set next_tick_at = now() + interval '20 seconds',
        next_due_at = now() + ${dueInSeconds} * interval '1 second' where id = ${scheduleId}`,
  );

/** A worker with room for so many lanes, of which it says that it holds some. */
async function startWorker(capacity: number, lanesActive: number): Promise<string> {
  const id = newId();
  await system(async (tx) => {
    await registerInstance(tx, { id, host: 'h', pid: 1, version: 'test', capabilities: ['http'], capacity });
    await beatInstance(tx, id, {
      ...{ state: 'working', lanesActive, memoryMb: 1, cpuPercent: 1 },
      ...{ capabilities: ['http'], browserTrouble: null },
    });
  });
  return id;
}

/** An execution at a worker whose only host asked to be left alone for an hour. */
async function runIntoBackoff(campaignId: string): Promise<string> {
  const { executionId, laneIds } = await plantExecution(platform.db, {
    campaignId,
    seeds: ['https://a.test/', 'https://a.test/2'],
  });
  const instanceId = await startWorker(1, 1);
  const { laneId } = await takeTestLane(platform, laneIds[0] ?? '');
  await platform.db.app.withTenant(platform.db.tenantId, (tx) =>
    settleUrl(tx, executionId, 'https://a.test/', { fetched: 200 }),
  );
  await system(async ({ sql }) => {
    await sql`update execution_lanes set instance_id = ${instanceId}, taken_at = now() - interval '3 hours', held = 0,
      heartbeat_at = now() where id = ${laneId}`;
    await sql`insert into crawl_hosts (host, backoff_until, backoff_cause)
      values ('a.test', now() + interval '1 hour', 'retry_after')
      on conflict (host) do update set backoff_until = excluded.backoff_until, backoff_cause = excluded.backoff_cause`;
  });
  return executionId;
}

const ALWAYS = [{ fromDate: '2000-01-01', toDate: '2100-01-01' }];
const NEVER = [{ fromDate: '2000-01-01', toDate: '2000-01-02' }];

it.each<[string, Partial<ScheduleCreateInput>, number, string]>([
  ['ended for a tick that it is in the way of', { blackouts: NEVER }, 20, 'failed'],
  ['left alone where executions may overlap', { overlap: 'allow' }, 20, 'running'],
  ['left alone when a blackout skips the tick', { blackouts: ALWAYS }, 20, 'running'],
  ['left alone while the jitter of the tick lasts', { jitterSeconds: 3_600 }, 1_800, 'running'],
])('a running execution whose host wants to be left alone is %s', async (_, config, dueIn, status) => {
  const { scheduleId, campaignId } = await plantSchedule(platform, config);
  const executionId = await runIntoBackoff(campaignId);
  await due(scheduleId, dueIn);
  await healAfterAnHour();
  expect((await read(executionId)).status).toBe(status);
  const stalled = (await readEvents(platform, executionId)).filter(
    ({ type }) => type === 'execution.stalled',
  );
  expect(stalled.map(({ payload }) => payload['cause'])).toEqual(
    status === 'running' ? ['host_backoff'] : [],
  );
});

/** A worker with one free place, an urgent execution in the queue, and another behind it whose next tick is due. */
async function queueBehind(): Promise<{ ahead: string; behind: string }> {
  const instanceId = await startWorker(2, 1);
  const busy = await plantExecution(platform.db, { seeds: ['https://b.test/'] });
  const { laneId } = await takeTestLane(platform, busy.laneIds[0] ?? '');
  await system(({ sql }) => sql`update execution_lanes set instance_id = ${instanceId} where id = ${laneId}`);
  const ahead = await plantExecution(platform.db, {
    config: { priority: 'urgent' },
    seeds: ['https://c.test/'],
  });
  const { scheduleId, campaignId } = await plantSchedule(platform);
  const config = { priority: 'backfill' as const };
  const behind = await plantExecution(platform.db, { campaignId, config, seeds: ['https://a.test/'] });
  await system(({ sql }) => sql`update execution_lanes set dispatched_at = now() where status = 'waiting'`);
  await due(scheduleId, 20);
  return { ahead: ahead.executionId, behind: behind.executionId };
}

it('of those that wait for a free place, only the one whose turn it is can be apart from the queue', async () => {
  const { ahead, behind } = await queueBehind();
  await healAfterAnHour();
  expect((await read(behind)).status).toBe('queued');
  const causes = async (executionId: string) =>
    (await readEvents(platform, executionId)).map(({ payload }) => payload['cause']);
  expect(await causes(ahead)).toEqual(['queue_and_ledger_apart']);
  expect(await causes(behind)).toEqual([]);
});

it('one that is apart from the queue gives way only when that holds at a second look', async () => {
  const { ahead, behind } = await queueBehind();
  await platform.db.app.withTenant(
    platform.db.tenantId,
    ({ sql }) =>
      sql`update campaign_executions set status = 'cancelled', completed_at = now(), end_reason = 'cancelled_by_user'
      where id = ${ahead}`,
  );
  await healAfterAnHour();
  expect((await read(behind)).status).toBe('queued');
  // The repair took the offer back; the duty dispatch-lanes makes it again.
  await system(({ sql }) => sql`update execution_lanes set dispatched_at = now() where status = 'waiting'`);
  await heal();
  expect(await read(behind)).toMatchObject({ status: 'failed', endReason: 'stalled' });
});
