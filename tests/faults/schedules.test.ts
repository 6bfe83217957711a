import { readFileSync } from 'node:fs';
import { startOracle } from '@outrider/oracle';
import type { ScheduleTick } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import {
  createTestPlatform,
  QUEUE_BACKENDS,
  type QueueBackend,
  type TestPlatform,
} from '../platform/test-platform.js';
import { plantDueSchedules, readLedgerFacts, setNextTick } from './schedule-rows.js';

const HOUR = 3_600_000;
const MINUTE = 60_000;

interface Crowd {
  readonly id: string;
  readonly layer: string;
  readonly input: {
    readonly schedules: number;
    readonly jitterSeconds: number;
    readonly orchestrators: number;
  };
  readonly expected: { readonly withinSeconds: number };
}
const BAD_INPUTS = new URL('../../fixtures/bad-inputs/schedules.json', import.meta.url);
const CROWDS = (JSON.parse(readFileSync(BAD_INPUTS, 'utf8')) as Crowd[]).filter(
  ({ layer }) => layer === 'crowd',
);
let platform: TestPlatform;

const open = (queue: QueueBackend): Promise<TestPlatform> =>
  createTestPlatform({
    queue,
    postgresAdminUrl: inject('postgresAdminUrl'),
    redisUrl: inject('redisUrl'),
  });

beforeEach(async () => {
  platform = await open('redis');
});
afterEach(() => platform.close());

async function createSchedule(fields: object, campaign: object = {}): Promise<string> {
  const { id } = await platform.api.call('createCampaign', {
    body: { name: 'scheduled', seeds: ['https://example.org/'], ...campaign },
  });
  const body = { name: 'Hourly', cron: '0 0 1 1 *', ...fields };
  return (await platform.api.call('createSchedule', { params: { id }, body })).id;
}

/** The ledger of a schedule, oldest tick first. */
async function ledgerOf(scheduleId: string): Promise<ScheduleTick[]> {
  const { items } = await platform.api.call('listTicks', {
    params: { id: scheduleId },
    query: { limit: '1000' },
  });
  return items.reverse();
}

async function outcomesOf(scheduleId: string): Promise<string[]> {
  return (await ledgerOf(scheduleId)).map(({ outcome, reason }) => `${outcome} ${reason}`);
}

const startOrchestrators = (count: number) =>
  Promise.all(Array.from({ length: count }, () => platform.start('orchestrator')));

describe('schedules on real orchestrators', () => {
  it.each(QUEUE_BACKENDS)(
    'F26: a thousand due in the same second are a thousand executions, started in seconds, on %s',
    {
      timeout: 120_000,
    },
    async (queue) => {
      await platform.close();
      platform = await open(queue);
      await startOrchestrators(5);
      await plantDueSchedules(platform.db, { count: 1_000, inSeconds: 4 });
      await expect
        .poll(async () => (await readLedgerFacts(platform.db)).ticks, { timeout: 60_000, interval: 500 })
        .toBeGreaterThanOrEqual(1_000);
      const facts = await readLedgerFacts(platform.db);
      process.stdout.write(`F26 on ${queue}: ${JSON.stringify(facts)}\n`);
      expect(facts).toMatchObject({ ticks: 1_000, started: 1_000, executions: 1_000, campaigns: 1_000 });
      expect(facts.earliest).toBeGreaterThanOrEqual(0);
      // The promise is 5 s on a machine that does nothing else; a run of all tests shares it.
      expect(facts.latest).toBeLessThanOrEqual(20);
    },
  );

  it.each(CROWDS)(
    '$id, spread by jitter, are started in time, none twice',
    { timeout: 180_000 },
    async ({ input: { schedules, jitterSeconds, orchestrators }, expected }) => {
      await startOrchestrators(orchestrators);
      await plantDueSchedules(platform.db, { count: schedules, inSeconds: 1, jitterSeconds });
      await expect
        .poll(async () => (await readLedgerFacts(platform.db)).ticks, { timeout: 120_000, interval: 2_000 })
        .toBeGreaterThanOrEqual(schedules);
      const facts = await readLedgerFacts(platform.db);
      process.stdout.write(`G04: ${JSON.stringify(facts)}\n`);
      expect(facts).toMatchObject({
        ...{ ticks: schedules, started: schedules, executions: schedules, campaigns: schedules },
      });
      expect(facts.earliest).toBeGreaterThanOrEqual(0);
      expect(facts.latest).toBeLessThanOrEqual(expected.withinSeconds);
    },
  );

  it('F26: orchestrators killed while they fire leave every tick started once', {
    timeout: 120_000,
  }, async () => {
    await platform.start('api');
    const doomed = await Promise.all(
      [1, 3, 5].map((nth) => platform.start('orchestrator', { OUTRIDER_CRASH_AT: `before_enqueue:${nth}` })),
    );
    await plantDueSchedules(platform.db, { count: 200, inSeconds: 2 });
    for (const { ended } of doomed) expect(await ended, 'killed by its crash point').toBeNull();
    await startOrchestrators(1);
    await expect
      .poll(async () => (await readLedgerFacts(platform.db)).ticks, { timeout: 30_000, interval: 200 })
      .toBe(200);
    const facts = await readLedgerFacts(platform.db);
    expect(facts).toMatchObject({ ticks: 200, started: 200, executions: 200, campaigns: 200 });
    const unoffered = async () => {
      const [row] = await platform.db.system.withSystem(
        ({ sql }) =>
          sql<{ n: number }[]>`select count(*) as n from execution_lanes where dispatched_at is null`,
      );
      return row?.n;
    };
    await expect.poll(unoffered, { timeout: 15_000, interval: 200 }).toBe(0);
  });

  it('F27: an orchestrator that was down for three intervals catches up by each policy', {
    timeout: 120_000,
  }, async () => {
    const [, orchestrator] = await Promise.all([platform.start('api'), platform.start('orchestrator')]);
    // The latest tick is half an hour old, so that none is on time.
    const latest = Math.floor(Date.now() / MINUTE) * MINUTE - 30 * MINUTE;
    const cron = `${new Date(latest).getUTCMinutes()} * * * *`;
    const policies = [
      [{ mode: 'none' }, ['missed catch_up_none', 'missed catch_up_none', 'missed catch_up_none']],
      [
        { mode: 'one', windowSeconds: 86_400 },
        ['missed catch_up_one', 'missed catch_up_one', 'started caught_up'],
      ],
      [
        { mode: 'all', max: 2, windowSeconds: 86_400 },
        ['missed catch_up_max', 'started caught_up', 'buffered caught_up'],
      ],
      [
        { mode: 'all', max: 9, windowSeconds: 6_000 },
        ['missed catch_up_window', 'started caught_up', 'buffered caught_up'],
      ],
    ] as const;
    const ids: string[] = [];
    for (const [catchUp] of policies) ids.push(await createSchedule({ cron, catchUp }));
    await orchestrator.kill('SIGKILL');
    for (const id of ids) await setNextTick(platform.db, id, new Date(latest - 2 * HOUR));
    await platform.start('orchestrator');
    for (const [index, [, expected]] of policies.entries()) {
      const id = ids[index] ?? '';
      await expect.poll(() => outcomesOf(id), { timeout: 15_000, interval: 100 }).toEqual(expected);
      const planned = (await ledgerOf(id)).map(({ scheduledFor }) => Date.parse(scheduledFor));
      expect(planned).toEqual([latest - 2 * HOUR, latest - HOUR, latest]);
      const { nextTickAt } = await platform.api.call('getSchedule', { params: { id } });
      expect(nextTickAt).toBe(new Date(latest + HOUR).toISOString());
    }
  });

  it('F28: a run longer than its interval is met by each overlap policy', { timeout: 180_000 }, async () => {
    const oracle = await startOracle({ seed: 3, pages: 60, linksPerPage: 4, delayMs: 250 });
    await Promise.all([
      platform.start('api'),
      platform.start('orchestrator'),
      platform.start('worker', { OUTRIDER_WORKER_LANES: '8' }),
    ]);
    const campaign = { seeds: [oracle.seedUrl], scope: { maxPages: 25 } };
    const policies = {
      skip: ['started on_time', 'skipped_overlap still_running'],
      buffer_one: ['started on_time', 'started after_overlap'],
      cancel_running: ['started on_time', 'started after_overlap'],
      allow: ['started on_time', 'started on_time'],
    } as const;
    try {
      const running = Object.entries(policies).map(async ([overlap, expected]) => {
        const id = await createSchedule({ overlap }, campaign);
        const status = async (n: number) => (await ledgerOf(id))[n]?.executionStatus;
        await setNextTick(platform.db, id);
        await expect.poll(() => status(0), { timeout: 30_000, interval: 100 }).toBe('running');
        await setNextTick(platform.db, id);
        await expect.poll(() => outcomesOf(id), { timeout: 60_000, interval: 100 }).toEqual(expected);
        const ends = async () => (await ledgerOf(id)).map(({ executionStatus }) => executionStatus);
        const last = overlap === 'skip' ? null : 'completed';
        const first = overlap === 'cancel_running' ? 'cancelled' : 'completed';
        await expect.poll(ends, { timeout: 60_000, interval: 200 }).toEqual([first, last]);
      });
      await Promise.all(running);
    } finally {
      await oracle.close();
    }
  });

  it('F24: orchestrators whose clocks are an hour off fire by the clock of the database', {
    timeout: 60_000,
  }, async () => {
    const clock = (hours: number) => ({
      NODE_OPTIONS: `--import=${new URL('nemesis/shifted-clock.mjs', import.meta.url).href}?ms=${hours * HOUR}`,
    });
    await Promise.all([
      platform.start('api', clock(1)),
      platform.start('orchestrator', clock(1)),
      platform.start('orchestrator', clock(-1)),
    ]);
    const minutely = await createSchedule({ cron: '*/20 * * * *' });
    const { nextTickAt } = await platform.api.call('getSchedule', { params: { id: minutely } });
    const wait = Date.parse(nextTickAt ?? '') - Date.now();
    expect(wait).toBeGreaterThan(-5_000);
    expect(wait).toBeLessThanOrEqual(20 * MINUTE);
    const soon = await createSchedule({});
    const at = new Date(Date.now() + 3_000);
    await setNextTick(platform.db, soon, at);
    await expect
      .poll(() => outcomesOf(soon), { timeout: 15_000, interval: 100 })
      .toEqual(['started on_time']);
    const [tick] = await ledgerOf(soon);
    const late = Date.parse(tick?.decidedAt ?? '') - at.getTime();
    expect(late).toBeGreaterThanOrEqual(0);
    expect(late).toBeLessThan(5_000);
  });

  it('F24: both days on which clocks change have one tick each in the ledger', {
    timeout: 60_000,
  }, async () => {
    await platform.start('api');
    const schedule = { cron: '30 2 * * *', timeZone: 'Europe/Berlin', catchUp: { mode: 'none' } };
    const id = await createSchedule(schedule);
    await setNextTick(platform.db, id, new Date('2026-03-27T01:30:00Z'));
    await platform.start('orchestrator');
    const planned = async () => (await ledgerOf(id)).map(({ scheduledFor }) => scheduledFor);
    await expect
      .poll(async () => (await planned()).length, { timeout: 15_000, interval: 100 })
      .toBeGreaterThan(212);
    const of = async (day: string) => (await planned()).filter((time) => time.startsWith(day));
    expect(await of('2026-03-28')).toEqual(['2026-03-28T01:30:00.000Z']);
    expect(await of('2026-03-29')).toEqual(['2026-03-29T01:00:00.000Z']);
    expect(await of('2026-03-30')).toEqual(['2026-03-30T00:30:00.000Z']);
    expect(await of('2026-10-25')).toEqual(['2026-10-25T00:30:00.000Z']);
    expect(await of('2026-10-26')).toEqual(['2026-10-26T01:30:00.000Z']);
  });
});
