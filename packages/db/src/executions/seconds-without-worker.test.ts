import { newId } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { claimTargets } from '../frontier/claim-targets.js';
import { releaseLane } from '../lanes/release-lane.js';
import { takeLane } from '../lanes/take-lane.js';
import { claimRequest, type HeldLanes, holdLanes } from '../lanes/testing/held-lanes.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { listExecutionProgress } from './execution-progress.js';
import { readExecution } from './read-execution.js';
import { transitionExecution } from './transition-execution.js';

const HOUR = 3_600;
let db: TestDatabase;
beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterAll(() => db.drop());

/** A running execution that may take two hours, with two lanes held. */
const begin = () =>
  holdLanes(db, {
    seeds: ['https://a.test/'],
    config: { lanes: 2, scope: { maxDurationSeconds: 2 * HOUR } },
  });

/** Lets time pass: everything that is noted happened so much earlier. */
const pass = (lanes: HeldLanes, hours: number) =>
  db.system.withSystem(async ({ sql }) => {
    const { executionId } = lanes;
    await sql`
      update campaign_executions set started_at = started_at - ${hours} * interval '1 hour',
        paused_at = paused_at - ${hours} * interval '1 hour', resumed_at = resumed_at - ${hours} * interval '1 hour'
      where id = ${executionId}`;
    await sql`
      update execution_lanes set waiting_since = waiting_since - ${hours} * interval '1 hour',
        taken_at = taken_at - ${hours} * interval '1 hour' where execution_id = ${executionId}`;
  });
async function giveBack(lanes: HeldLanes, index: number): Promise<void> {
  const hold = lanes.holds[index];
  if (hold === undefined) throw new RangeError(`there is no lane ${index}`);
  await lanes.within((tx) => releaseLane(tx, hold, 'quota_pages'));
}
const takeAgain = (lanes: HeldLanes, index: number) =>
  lanes.within((tx) =>
    takeLane(
      tx,
      { laneId: lanes.holds[index]?.laneId ?? '', epoch: 2 },
      { instanceId: newId(), leaseMs: 60_000 },
    ),
  );
const move = ({ within, executionId }: HeldLanes, to: 'pausing' | 'paused' | 'running') =>
  within((tx) => transitionExecution(tx, { executionId, by: 'a test', to }));

/** Hours of it without a worker and in pauses, and whether its time is over. */
async function standing({ within, executionId }: HeldLanes) {
  const { waitedSeconds, pausedSeconds } = await within((tx) => readExecution(tx, executionId));
  const [progress] = await within((tx) => listExecutionProgress(tx, { executionId }));
  const hours = (seconds: number) => Math.round((seconds / HOUR) * 100) / 100;
  return { waited: hours(waitedSeconds), paused: hours(pausedSeconds), isOver: progress?.pastDeadline };
}

describe('the time of an execution', () => {
  it('is over when workers had it for as long as it may take', async () => {
    const lanes = await begin();
    await pass(lanes, 3);
    expect(await standing(lanes)).toEqual({ waited: 0, paused: 0, isOver: true });
  });

  it('goes on while one worker has one of its lanes', async () => {
    const lanes = await begin();
    await giveBack(lanes, 0);
    await pass(lanes, 3);
    expect(await standing(lanes)).toEqual({ waited: 0, paused: 0, isOver: true });
  });

  it('stands still while no worker has any, and goes on when one takes it', async () => {
    const lanes = await begin();
    await pass(lanes, 1);
    await giveBack(lanes, 0);
    await giveBack(lanes, 1);
    await pass(lanes, 5);
    expect(await standing(lanes)).toEqual({ waited: 5, paused: 0, isOver: false });
    const [taken] = [await takeAgain(lanes, 1), await takeAgain(lanes, 0)];
    if (taken === null) throw new Error('the lane was not to be had');
    const claim = () =>
      lanes.within((tx) => claimTargets(tx, taken.hold, claimRequest(lanes.config, { wanted: 1 })));
    expect(await standing(lanes)).toEqual({ waited: 5, paused: 0, isOver: false });
    await pass(lanes, 0.9);
    expect((await standing(lanes)).isOver).toBe(false);
    expect(await claim()).toMatchObject({ targets: [{ url: 'https://a.test/' }] });
    await pass(lanes, 0.2);
    expect(await standing(lanes)).toEqual({ waited: 5, paused: 0, isOver: true });
    expect(await claim()).toMatchObject({ targets: [], waitingReason: 'duration_limit' });
  });

  it('counts a pause in the middle of a wait once', async () => {
    const lanes = await begin();
    await giveBack(lanes, 0);
    await giveBack(lanes, 1);
    await pass(lanes, 2);
    await move(lanes, 'pausing');
    await move(lanes, 'paused');
    await pass(lanes, 10);
    await move(lanes, 'running');
    await pass(lanes, 3);
    expect(await standing(lanes)).toEqual({ waited: 5, paused: 10, isOver: false });
    await takeAgain(lanes, 0);
    expect(await standing(lanes)).toEqual({ waited: 5, paused: 10, isOver: false });
  });

  it('that ends while it waits is told with what it waited', async () => {
    const lanes = await begin();
    await giveBack(lanes, 0);
    await giveBack(lanes, 1);
    await pass(lanes, 4);
    const { executionId } = lanes;
    const coverage = { discovered: 1, fetched: 0, failed: 0, skipped: 1, pending: 0 };
    const end = { executionId, by: 'a test', to: 'failed', endReason: 'stalled', coverage } as const;
    await lanes.within(async (tx) => {
      await tx.sql`update execution_lanes set status = 'finished' where execution_id = ${executionId}`;
      await transitionExecution(tx, end);
    });
    expect((await standing(lanes)).waited).toBe(4);
  });
});
