import { readExecution, renewLane, type Tx, transitionExecution } from '@outrider/db';
import { type PlantedExecution, plantExecution, settleUrl } from '@outrider/db/testing';
import { newId } from '@outrider/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { completeExecutions } from '../duties/complete-executions.js';
import { openTestPlatform, readEvents, type TestPlatform, takeTestLane } from '../testing/test-platform.js';
import { stopExecution } from './stop-execution.js';

const SEEDS = ['https://a.test/1', 'https://a.test/2', 'https://a.test/3'];
const NOTHING = { discovered: 0, fetched: 0, failed: 0, skipped: 0, pending: 0 };

describe('stopping', () => {
  let platform: TestPlatform;
  let planted: PlantedExecution;

  beforeAll(async () => {
    platform = await openTestPlatform('postgres', 12);
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    planted = await plantExecution(platform.db, { seeds: SEEDS });
  });

  const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
  const stop = (request: { executionId: string } | { campaignId: string }, tenantId = platform.db.tenantId) =>
    stopExecution({ ...platform, database: platform.db.app }, { ...request, tenantId, by: 'key a' });
  const laneId = (): string => planted.laneIds[0] ?? '';
  const move = (to: 'running' | 'pausing' | 'paused') =>
    within((tx) => transitionExecution(tx, { executionId: planted.executionId, by: 'a test', to }));

  it('an execution no worker has touched ends it at once, with its receipt', async () => {
    const stopped = await stop(planted);
    expect(stopped).toMatchObject({
      status: 'stopped',
      endReason: 'stopped_by_user',
      startedAt: null,
      coverage: { discovered: 3, fetched: 0, failed: 0, skipped: 3, pending: 0 },
    });
    await expect(takeTestLane(platform, laneId())).rejects.toThrow('not to be had');
  });

  it('a running execution lets what is in flight finish and then ends it', async () => {
    const { executionId } = planted;
    const hold = await takeTestLane(platform, laneId());
    await within((tx) => settleUrl(tx, executionId, SEEDS[0] ?? '', { leasedBy: laneId(), epoch: 1 }));
    expect(await stop(planted)).toMatchObject({ status: 'stopping', completedAt: null });
    expect(
      await within((tx) =>
        renewLane(tx, hold, { leaseMs: 60_000, memoryMb: 1, waitingReason: null, held: 0 }),
      ),
    ).toBe('stopping');
    expect(await completeExecutions(platform)).toEqual({ ended: 0 });

    await within((tx) => settleUrl(tx, executionId, SEEDS[0] ?? '', { fetched: 200 }));
    expect(await completeExecutions(platform)).toEqual({ ended: 1 });
    expect(await within((tx) => readExecution(tx, executionId))).toMatchObject({
      status: 'stopped',
      endReason: 'stopped_by_user',
      coverage: { discovered: 3, fetched: 1, failed: 0, skipped: 2, pending: 0 },
    });
  });

  it('again changes nothing and answers the same', async () => {
    await takeTestLane(platform, laneId());
    const first = await stop(planted);
    const second = await stop({ campaignId: planted.campaignId });
    expect({ ...second, durationSeconds: 0 }).toEqual({ ...first, durationSeconds: 0 });
    const events = await readEvents(platform, planted.executionId);
    expect(events.filter(({ payload }) => payload['to'] === 'stopping')).toHaveLength(1);
    await completeExecutions(platform);
  });

  it.each([['running'], ['pausing'], ['paused']] as const)('%s leads to stopping', async (state) => {
    await takeTestLane(platform, laneId());
    if (state !== 'running') await move('pausing');
    if (state === 'paused') await move('paused');
    expect((await stop(planted)).status).toBe('stopping');
    await completeExecutions(platform);
  });

  it.each(['completed', 'failed', 'stopped', 'cancelled'] as const)(
    'an execution that is %s without having been asked is refused',
    async (to) => {
      await move('running');
      const { executionId } = planted;
      if (to === 'stopped')
        await within((tx) => transitionExecution(tx, { executionId, by: 'x', to: 'stopping' }));
      await within((tx) =>
        transitionExecution(tx, {
          executionId,
          by: 'a test',
          to,
          endReason: 'internal_error',
          coverage: NOTHING,
        }),
      );
      await expect(stop(planted)).rejects.toMatchObject({ code: 'illegal_transition', status: 409 });
      await expect(stop({ campaignId: planted.campaignId })).rejects.toMatchObject({
        code: 'no_running_execution',
      });
    },
  );

  it('while a worker is taking the lane does not wait for it and does not end under it', async () => {
    const stopped = await within(async (tx) => {
      // The worker's transaction holds the lane and has not committed.
      await tx.sql`select 1 from execution_lanes where id = ${laneId()} for update`;
      return stop(planted);
    });
    expect(stopped.status).toBe('stopping');
    expect(await completeExecutions(platform)).toEqual({ ended: 1 });
  });

  it('an execution of another tenant is not found', async () => {
    await expect(stop(planted, newId())).rejects.toMatchObject({ code: 'not_found' });
    await expect(stop({ campaignId: planted.campaignId }, newId())).rejects.toMatchObject({
      code: 'no_running_execution',
    });
    await stop(planted);
  });
});
