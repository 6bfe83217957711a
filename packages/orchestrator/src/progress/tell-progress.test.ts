import { setTimeout as sleep } from 'node:timers/promises';
import { createTestDatabase, plantExecution, type TestDatabase } from '@outrider/db/testing';
import { EVENTS } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { createProgressTeller } from './tell-progress.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterEach(() => db.drop());

interface Told {
  readonly seq: number;
  readonly type: string;
  readonly at: Date;
  readonly payload: { coverage: { fetched: number }; pages: number; errors: number };
}

const eventsOf = (campaignId: string): Promise<Told[]> =>
  db.system.withSystem(
    ({ sql }) => sql<Told[]>`
      select seq::int, event_type as type, occurred_at as at, payload from event_stream
      where campaign_id = ${campaignId} order by seq`,
  );

async function startedExecution(lanes = 1) {
  const planted = await plantExecution(db, { config: { lanes } });
  await db.system.withSystem(
    ({ sql }) => sql`
      update campaign_executions set status = 'running', started_at = now() where id = ${planted.executionId}`,
  );
  return planted;
}

const work = (executionId: string, laneNumber: number, pages: number, errors = 0): Promise<unknown> =>
  db.system.withSystem(
    ({ sql }) => sql`
      update execution_lanes set fetched = fetched + ${pages}, discovered = discovered + ${pages}, errors = errors + ${errors}
      where execution_id = ${executionId} and lane_number = ${laneNumber}`,
  );

describe('progress', () => {
  it('is told at most ten times a second while lanes commit and several orchestrators tell, and never goes back', async () => {
    const { executionId, campaignId } = await startedExecution(3);
    const tellers = [
      createProgressTeller(db.system),
      createProgressTeller(db.system),
      createProgressTeller(db.system),
    ];
    const until = performance.now() + 1_500;
    const lanes = [1, 2, 3].map(async (lane) => {
      while (performance.now() < until) await work(executionId, lane, 3);
    });
    const telling = tellers.map(async (tell) => {
      while (performance.now() < until) await tell();
    });
    await Promise.all([...lanes, ...telling]);
    const [lastly] = await db.system.withSystem(
      ({ sql }) => sql<{ n: number }[]>`select sum(fetched)::int as n from execution_lanes`,
    );
    const told = async () => (await eventsOf(campaignId)).filter(({ type }) => type === 'execution.progress');
    // The older the execution, the later: what the lanes did last is told when its time has come.
    await expect
      .poll(async () => {
        await tellers[0]?.();
        return (await told()).at(-1)?.payload.coverage.fetched;
      })
      .toBe(lastly?.n);
    const events = await told();
    expect(events.length).toBeGreaterThan(2);
    const gaps = events.slice(1).map(({ at }, index) => at.getTime() - (events[index]?.at.getTime() ?? 0));
    // Times of the rows are rounded to milliseconds here.
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(99);
    const fetched = events.map(({ payload }) => payload.coverage.fetched);
    expect(fetched).toEqual([...fetched].sort((a, b) => a - b));
    for (const { payload } of events)
      expect(() => EVENTS['execution.progress'].payload.parse(payload)).not.toThrow();
  });

  it('has nothing pending, and not less, where counters have counted too much', async () => {
    const { executionId, campaignId } = await startedExecution();
    await db.system.withSystem(
      ({ sql }) => sql`update execution_lanes set fetched = 2 where execution_id = ${executionId}`,
    );
    await createProgressTeller(db.system)();
    const [told] = await eventsOf(campaignId);
    expect(EVENTS['execution.progress'].payload.parse(told?.payload).coverage).toMatchObject({
      ...{ discovered: 0, fetched: 2, pending: 0 },
    });
  });

  it('is told once when nothing moves, and not at all of what does not run', async () => {
    const waiting = await plantExecution(db);
    const { campaignId } = await startedExecution();
    const tell = createProgressTeller(db.system);
    for (let nth = 0; nth < 4; nth++) {
      await tell();
      await sleep(110);
    }
    expect((await eventsOf(campaignId)).map(({ type }) => type)).toEqual(['execution.progress']);
    expect(await eventsOf(waiting.campaignId)).toEqual([]);
  });

  it('comes every second only of an execution that has run for long', async () => {
    const { executionId, campaignId } = await startedExecution();
    await db.system.withSystem(
      ({ sql }) =>
        sql`update campaign_executions set started_at = now() - interval '1 hour' where id = ${executionId}`,
    );
    const tell = createProgressTeller(db.system);
    const until = performance.now() + 700;
    while (performance.now() < until) {
      await work(executionId, 1, 1);
      await tell();
    }
    expect((await eventsOf(campaignId)).filter(({ type }) => type === 'execution.progress')).toHaveLength(1);
  });

  it('brings milestones and bursts of errors along', async () => {
    const { executionId, campaignId } = await startedExecution();
    const tell = createProgressTeller(db.system);
    await tell();
    await work(executionId, 1, 150, 100);
    await db.system.withSystem(
      ({ sql }) => sql`update execution_snapshots set window_at = now() - interval '11 seconds'`,
    );
    await sleep(110);
    await tell();
    await work(executionId, 1, 1, 1);
    await sleep(110);
    await tell();
    const events = (await eventsOf(campaignId)).filter(({ type }) => type !== 'execution.progress');
    expect(events).toMatchObject([
      { type: 'execution.milestone', payload: { pages: 100 } },
      { type: 'execution.error_burst', payload: { errors: 100, pages: 150 } },
    ]);
  });
});
