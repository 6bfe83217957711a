import { readExecution, registerInstance, setTenantQuotas } from '@outrider/db';
import { newId } from '@outrider/shared';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { healStalls } from '../duties/heal-stalls.js';
import { fireDueSchedules } from '../schedules/fire-due-schedules.js';
import { ledgerOf, makeDue, plantSchedule } from '../testing/plant-schedule.js';
import { openTestPlatform, readEvents, type TestPlatform } from '../testing/test-platform.js';

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
