import {
  type LaneHold,
  obeyOperation,
  readExecution,
  readOperation,
  releaseLane,
  type Tx,
} from '@outrider/db';
import { type PlantedExecution, plantExecution, settleUrl } from '@outrider/db/testing';
import { type Operation, operation as operationShape } from '@outrider/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completeExecutions } from '../duties/complete-executions.js';
import { holdExecutions } from '../duties/hold-executions.js';
import { openTestPlatform, readEvents, type TestPlatform, takeTestLane } from '../testing/test-platform.js';
import { createCommands } from './create-commands.js';

const SEEDS = ['https://a.test/1', 'https://a.test/2', 'https://a.test/3'];

let platform: TestPlatform;
let planted: PlantedExecution;

beforeAll(async () => {
  platform = await openTestPlatform('postgres', 11);
});
afterAll(() => platform.close());
beforeEach(async () => {
  planted = await plantExecution(platform.db, {
    seeds: SEEDS,
    config: { limits: { errorRate: { share: 0.4, minPages: 2 } } },
  });
});

const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
const read = () => within((tx) => readExecution(tx, planted.executionId));
const laneId = (): string => planted.laneIds[0] ?? '';
const order = (kind: 'pause' | 'resume' | 'stop' | 'cancel', graceSeconds = 30) => {
  const commands = createCommands({ ...platform, database: platform.db.app });
  const { executionId } = planted;
  const request = { executionId, tenantId: platform.db.tenantId, by: 'key a', reason: 'why' };
  return commands[`${kind}Execution`]({ ...request, graceSeconds });
};
async function operation(): Promise<Operation> {
  const { operationId } = await read();
  const found = await within((tx) => readOperation(tx, operationId ?? ''));
  expect(operationShape.parse(found)).toEqual(found);
  return found;
}

/** A worker with one fetch in flight. */
async function begin(): Promise<LaneHold> {
  const hold = await takeTestLane(platform, laneId());
  await within((tx) => settleUrl(tx, planted.executionId, SEEDS[0] ?? '', { leasedBy: laneId(), epoch: 1 }));
  return hold;
}
const letGo = (hold: LaneHold) => within((tx) => releaseLane(tx, hold, 'execution_over'));

describe('pausing', () => {
  it('is done once the worker has let go, and its operation has followed it down to zero', async () => {
    const hold = await begin();
    expect(await order('pause')).toMatchObject({
      status: 'pausing',
      waitingReason: 'paused_by',
      orderedBy: 'key a: why',
    });
    expect(await operation()).toMatchObject({
      ...{ kind: 'pause', state: 'running', askedBy: 'key a', reason: 'why', fetchesInFlight: null },
      lanes: [{ laneId: laneId(), instanceId: hold.instanceId, acknowledgedAt: null }],
    });

    const heard = await within((tx) => obeyOperation(tx, hold, 7));
    expect(heard).toMatchObject({ desired: 'pause', isHeld: true });
    expect(heard.cutInMs).toBeGreaterThan(20_000);
    await within((tx) => obeyOperation(tx, hold, 2));
    expect(await operation()).toMatchObject({
      state: 'running',
      fetchesInFlight: 2,
      lanes: [{ acknowledgedAt: expect.any(String), inFlightThen: 7, inFlight: 2, finishedAt: null }],
    });
    expect(await holdExecutions(platform)).toEqual({ paused: 0, limited: 0 });

    await letGo(hold);
    expect(await holdExecutions(platform)).toEqual({ paused: 1, limited: 0 });
    expect(await read()).toMatchObject({ status: 'paused', coverage: { pending: 3 } });
    expect(await operation()).toMatchObject({
      ...{ state: 'done', fetchesInFlight: 0, doneAt: expect.any(String) },
      lanes: [{ inFlightThen: 7, finishedAt: expect.any(String) }],
    });
    await expect(takeTestLane(platform, laneId(), { epoch: 2 })).rejects.toThrow('not to be had');
  });

  it('again changes nothing, and gives the same operation', async () => {
    await begin();
    const first = await order('pause');
    const second = await order('pause', 5);
    expect(second.operationId).toBe(first.operationId);
    const events = await readEvents(platform, planted.executionId);
    expect(events.filter(({ type }) => type === 'execution.ordered')).toHaveLength(1);
  });

  it('before any worker came holds it, and resuming queues it again', async () => {
    expect(await order('pause')).toMatchObject({ status: 'paused', startedAt: null });
    expect(await operation()).toMatchObject({ state: 'done', lanes: [] });
    await expect(takeTestLane(platform, laneId())).rejects.toThrow('not to be had');
    expect(await order('resume')).toMatchObject({ status: 'queued' });
    await takeTestLane(platform, laneId());
    expect(await operation()).toMatchObject({ kind: 'resume', state: 'done' });
  });

  it('and resuming before it is done goes on, and takes the pause over', async () => {
    await begin();
    const { operationId } = await order('pause');
    expect(await order('resume')).toMatchObject({ status: 'running', waitingReason: null });
    expect(await within((tx) => readOperation(tx, operationId ?? ''))).toMatchObject({ state: 'superseded' });
  });

  it('and resuming before it is done is done once a worker has the lane again that let go of it', async () => {
    const hold = await begin();
    await order('pause');
    await order('resume');
    expect(await operation()).toMatchObject({ kind: 'resume', state: 'running' });
    await letGo(hold);
    expect(await operation()).toMatchObject({ state: 'running' });
    const { instanceId } = await takeTestLane(platform, laneId(), { epoch: 2 });
    expect(await operation()).toMatchObject({
      state: 'done',
      lanes: [{ laneId: laneId(), instanceId, finishedAt: expect.any(String) }],
    });
  });

  it('takes time that does not count', async () => {
    const hold = await begin();
    await order('pause');
    await letGo(hold);
    await holdExecutions(platform);
    await within(
      ({ sql }) => sql`
        update campaign_executions set started_at = now() - interval '90000 seconds', paused_at = now() - interval '80000 seconds'
        where id = ${planted.executionId}`,
    );
    expect((await order('resume')).pausedSeconds).toBeCloseTo(80_000, -1);
    await completeExecutions(platform);
    expect((await read()).status, 'the day that it may take is not over').toBe('running');
    await within(
      ({ sql }) => sql`update campaign_executions set paused_seconds = 0 where id = ${planted.executionId}`,
    );
    await completeExecutions(platform);
    expect(await read()).toMatchObject({ status: 'completed', endReason: 'duration_limit' });
  });
});

describe('cancelling', () => {
  it('tells workers to cut off at once, and goes before a stop', async () => {
    const hold = await begin();
    await order('stop');
    const stop = await operation();
    expect(await order('cancel')).toMatchObject({ status: 'stopping' });
    expect((await within((tx) => obeyOperation(tx, hold, 1))).cutInMs).toBeLessThanOrEqual(0);
    expect(await within((tx) => readOperation(tx, stop.id))).toMatchObject({ state: 'superseded' });
    await expect(order('stop')).rejects.toMatchObject({ code: 'illegal_transition' });
    await letGo(hold);
    await completeExecutions(platform);
    expect(await read()).toMatchObject({
      ...{ status: 'cancelled', endReason: 'cancelled_by_user', waitingReason: null },
      coverage: { discovered: 3, skipped: 3, pending: 0 },
    });
    expect(await operation()).toMatchObject({ kind: 'cancel', state: 'done' });
    expect((await order('cancel')).status).toBe('cancelled');
  });

  it('what no worker has touched ends it at once', async () => {
    expect(await order('cancel')).toMatchObject({ status: 'cancelled', startedAt: null });
    expect(await operation()).toMatchObject({ state: 'done' });
  });

  it('does not wait for a worker that does not answer, whose writes are refused from then on', async () => {
    const hold = await begin();
    await order('cancel');
    expect(await completeExecutions(platform)).toEqual({ ended: 0 });
    await within(
      ({ sql }) => sql`
        update campaign_executions set cut_at = cut_at - interval '3 seconds' where id = ${planted.executionId}`,
    );
    expect(await completeExecutions(platform)).toEqual({ ended: 1 });
    expect(await read()).toMatchObject({ status: 'cancelled', coverage: { skipped: 3, pending: 0 } });
    expect(await within((tx) => obeyOperation(tx, hold, 4))).toMatchObject({ isHeld: false });
    expect(await operation()).toMatchObject({ fetchesInFlight: 0, lanes: [{ inFlightThen: 4 }] });
    expect(await letGo(hold)).toBe(false);
  });
});

describe('the limit on errors', () => {
  const fail = async (url: string | undefined) =>
    within((tx) => settleUrl(tx, planted.executionId, url ?? '', { failed: 'timeout' }));

  it('pauses with its reason, and counts anew after a resume', async () => {
    const hold = await takeTestLane(platform, laneId());
    await fail(SEEDS[0]);
    expect(await holdExecutions(platform)).toEqual({ paused: 0, limited: 0 });
    await fail(SEEDS[1]);
    expect(await holdExecutions(platform)).toEqual({ paused: 0, limited: 1 });
    const reason = 'limits.errorRate: 2 of 2 URLs failed, more than a share of 0.4';
    expect(await read()).toMatchObject({ status: 'pausing', orderedBy: `orchestrator: ${reason}` });
    expect(await operation()).toMatchObject({ kind: 'pause', cause: 'error_rate', reason });
    await letGo(hold);
    await holdExecutions(platform);
    expect((await order('resume')).status).toBe('running');
    expect(await holdExecutions(platform)).toEqual({ paused: 0, limited: 0 });
    expect((await read()).status).toBe('running');
  });

  it('stops where the campaign says so', async () => {
    await within(
      ({ sql }) => sql`
        update campaign_executions set config = jsonb_set(config, '{limits,errorRate,action}', '"stop"')
        where id = ${planted.executionId}`,
    );
    await takeTestLane(platform, laneId());
    for (const url of SEEDS.slice(0, 2)) await fail(url);
    await holdExecutions(platform);
    await completeExecutions(platform);
    expect(await read()).toMatchObject({
      ...{ status: 'stopped', endReason: 'error_rate' },
      coverage: { failed: 2, skipped: 1 },
    });
  });
});
