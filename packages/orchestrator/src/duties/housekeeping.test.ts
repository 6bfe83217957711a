import { deleteCampaign, registerInstance, type Tx } from '@outrider/db';
import { plantExecution, settleUrl } from '@outrider/db/testing';
import { newId } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { plantSchedule, turnBack } from '../testing/plant-schedule.js';
import {
  openTestPlatform,
  readEvents,
  repairsOf,
  type TestPlatform,
  takeTestLane,
} from '../testing/test-platform.js';
import { expireIdempotencyKeys } from './expire-idempotency-keys.js';
import { makePartitions } from './make-partitions.js';
import { markGoneInstances, removeForgottenInstances } from './mark-gone-instances.js';
import { observeGauges } from './observe-gauges.js';

let platform: TestPlatform;

beforeEach(async () => {
  platform = await openTestPlatform('postgres', 15);
});
afterEach(() => platform.close());

const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);

describe('workers', () => {
  const plantWorker = (silentFor: string): Promise<string> =>
    platform.database.withSystem(async (tx) => {
      const id = newId();
      await registerInstance(tx, {
        id,
        host: 'h',
        pid: 1,
        version: '0',
        capabilities: ['http'],
        capacity: 1,
      });
      await tx.sql`update crawler_instances set heartbeat_at = now() - ${silentFor}::interval where id = ${id}`;
      return id;
    });
  const readWorkers = async () => {
    const rows = await within(
      ({ sql }) => sql<{ id: string; state: string }[]>`select id, state from crawler_instances`,
    );
    return Object.fromEntries(rows.map(({ id, state }) => [id, state]));
  };

  it('silent for three leases are gone, once; others are not', async () => {
    const alive = await plantWorker('40 seconds');
    const silent = await plantWorker('50 seconds');
    const mark = () => markGoneInstances({ ...platform, laneLeaseMs: 15_000 });
    expect(await mark()).toEqual({ gone: 1 });
    expect(await mark()).toEqual({ gone: 0 });
    expect(await readWorkers()).toEqual({ [alive]: 'idle', [silent]: 'gone' });
    expect(await repairsOf(platform.metrics, 'instance_retired')).toBe(1);
  });

  it('that are gone are told, once, to the executions that have not ended and lost lanes with them', async () => {
    const silent = await plantWorker('50 seconds');
    const [running, ended, untouched] = [
      await plantExecution(platform.db),
      await plantExecution(platform.db),
      await plantExecution(platform.db),
    ];
    for (const { executionId, campaignId, laneIds } of [running, ended]) {
      await within(
        ({ sql }) => sql`
          insert into lane_losses (id, tenant_id, campaign_id, execution_id, lane_id, epoch, instance_id, url_keys)
          values (${newId()}, ${platform.db.tenantId}, ${campaignId}, ${executionId}, ${laneIds[0] ?? ''}, 1, ${silent}, '{}')`,
      );
    }
    await within(
      ({ sql }) => sql`
        update campaign_executions set status = 'cancelled', end_reason = 'cancelled', completed_at = now()
        where id = ${ended.executionId}`,
    );
    await markGoneInstances({ ...platform, laneLeaseMs: 15_000 });
    await markGoneInstances({ ...platform, laneLeaseMs: 15_000 });
    expect(await readEvents(platform, running.executionId)).toMatchObject([
      { type: 'worker.lost', payload: { instanceId: silent, host: 'h' } },
    ]);
    expect(await readEvents(platform, ended.executionId)).toEqual([]);
    expect(await readEvents(platform, untouched.executionId)).toEqual([]);
  });

  it('gone for a week are removed, unless history names them', async () => {
    const forgotten = await plantWorker('8 days');
    const recent = await plantWorker('6 days');
    const named = await plantWorker('8 days');
    const { laneIds } = await plantExecution(platform.db, { seeds: [] });
    await within(
      ({ sql }) => sql`update execution_lanes set instance_id = ${named} where id = ${laneIds[0] ?? ''}`,
    );
    await markGoneInstances({ ...platform, laneLeaseMs: 15_000 });
    expect(await removeForgottenInstances(platform.database)).toEqual({ removed: 1 });
    const left = await readWorkers();
    expect(left).toEqual({ [recent]: 'gone', [named]: 'gone' });
    expect(left).not.toHaveProperty(forgotten);
  });
});

it('Idempotency-Keys are forgotten after a day', async () => {
  const plant = (key: string, age: string) =>
    within(
      ({ sql }) => sql`insert into idempotency_keys (tenant_id, key, request_hash, created_at)
        values (${platform.db.tenantId}, ${key}, 'x', now() - ${age}::interval)`,
    );
  await plant('old', '25 hours');
  await plant('young', '23 hours');
  expect(await expireIdempotencyKeys(platform.database)).toEqual({ expired: 1 });
  expect([...(await within(({ sql }) => sql`select key from idempotency_keys`))]).toEqual([{ key: 'young' }]);
});

it('partitions that are there already are not made again', async () => {
  expect(await makePartitions(platform.database)).toEqual({ made: 0 });
});

it('a schedule is overdue when its tick is long past, but for one of a deleted campaign', async () => {
  const { campaignId, scheduleId } = await plantSchedule(platform);
  const overdue = async () => {
    await observeGauges(platform);
    return /^outrider_schedules_overdue (\d+)$/m.exec(await platform.metrics.registry.metrics())?.[1];
  };
  expect(await overdue()).toBe('0');
  await turnBack(platform, scheduleId, Date.now() - 3_600_000);
  expect(await overdue()).toBe('1');
  await within((tx) => deleteCampaign(tx, campaignId));
  expect(await overdue()).toBe('0');
});

it('the gauges show frontier, lanes, executions and queue as they are', async () => {
  const seeds = ['https://a.test/1', 'https://a.test/2', 'https://a.test/3'];
  const { executionId, laneIds } = await plantExecution(platform.db, { seeds, config: { lanes: 2 } });
  await takeTestLane(platform, laneIds[0] ?? '');
  await within((tx) => settleUrl(tx, executionId, seeds[0] ?? '', { leasedBy: laneIds[0] ?? '', epoch: 1 }));
  await platform.laneQueue.offer({ laneId: laneIds[1] ?? '', epoch: 1 });
  await observeGauges(platform);
  const exposition = await platform.metrics.registry.metrics();
  const expected = [
    'outrider_frontier_urls{state="pending"} 2',
    'outrider_frontier_urls{state="leased"} 1',
    'outrider_lanes{state="waiting"} 1',
    'outrider_lanes{state="active"} 1',
    'outrider_executions{status="running"} 1',
    'outrider_executions{status="completed"} 0',
    'outrider_queue_jobs{state="waiting"} 1',
  ];
  for (const line of expected) expect(exposition).toContain(`${line}\n`);
});
