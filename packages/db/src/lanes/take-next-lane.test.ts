import { type CampaignConfig, CLASS_PATIENCE_MS, newId } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, inject, it } from 'vitest';
import { readExecution, readExecutionDetail } from '../executions/read-execution.js';
import { transitionExecution } from '../executions/transition-execution.js';
import { registerInstance } from '../fleet/instances.js';
import { readTenantQuotas, setTenantQuotas } from '../quotas/tenant-quotas.js';
import { type PlantedExecution, plantExecution } from '../testing/plant-execution.js';
import { createTestDatabase, insertTestTenant, type TestDatabase } from '../testing/test-database.js';
import { listWaitingExecutions } from './list-waiting-executions.js';
import { readLaneDemand, requestYields } from './read-lane-demand.js';
import { releaseLane } from './release-lane.js';
import type { LaneHold, TakenLane } from './take-lane.js';
import { takeNextLane } from './take-next-lane.js';
import { waitingOrder } from './waiting-order.js';

let db: TestDatabase;
beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
});
afterEach(() => db.drop());

interface Worker {
  readonly id: string;
  take(options?: { canRender?: boolean }): Promise<TakenLane | null>;
}

async function startWorker(
  capacity: number,
  capabilities: readonly string[] = ['http', 'browser'],
): Promise<Worker> {
  const id = newId();
  await db.system.withSystem((tx) =>
    registerInstance(tx, { id, host: 'h', pid: 1, version: 'test', capabilities, capacity }),
  );
  return {
    id,
    take: ({ canRender = true } = {}) =>
      db.system.withSystem((tx) =>
        takeNextLane(tx, { instanceId: id, leaseMs: 60_000, capacity, canRender }),
      ),
  };
}

const plant = ({
  tenantId = db.tenantId,
  ...config
}: { tenantId?: string; lanes?: number } & Partial<
  Pick<CampaignConfig, 'priority' | 'renderer'>
> = {}): Promise<PlantedExecution> =>
  plantExecution({ ...db, tenantId }, { config, seeds: ['http://a.test/'] });

/** Takes lanes until there are no more, and says of which executions they were, in order. */
async function takeAll(worker: Worker, most = 1_000): Promise<string[]> {
  const order: string[] = [];
  while (order.length < most) {
    const taken = await worker.take();
    if (taken === null) return order;
    order.push(taken.hold.executionId);
  }
  return order;
}

const release = (hold: LaneHold) => db.system.withSystem((tx) => releaseLane(tx, hold, 'yielded'));

const age = (ms: number) =>
  db.system.withSystem(async ({ sql }) => {
    const by = sql`${ms} * interval '1 millisecond'`;
    await sql`update execution_lanes set waiting_since = waiting_since - ${by}, passed_at = passed_at - ${by}`;
    await sql`update lane_sharing set urgent_granted_at = urgent_granted_at - ${by},
      normal_granted_at = normal_granted_at - ${by}, backfill_granted_at = backfill_granted_at - ${by}`;
  });

const waiting = () => db.system.withSystem((tx) => listWaitingExecutions(tx));

describe('the next lane', () => {
  it('goes to small campaigns before the second lane of a large one that came first', async () => {
    const large = await plant({ lanes: 16 });
    const small = [];
    for (let n = 0; n < 20; n += 1) small.push((await plant()).executionId);
    const order = await takeAll(await startWorker(64));
    expect(order.slice(0, 21)).toEqual([large.executionId, ...small]);
    expect(order).toHaveLength(36);
  });

  it('goes round the tenants, however many campaigns one of them has', async () => {
    const other = await insertTestTenant(db.system, 'other');
    for (let n = 0; n < 6; n += 1) await plant();
    const theirs = [
      (await plant({ tenantId: other })).executionId,
      (await plant({ tenantId: other })).executionId,
    ];
    const order = await takeAll(await startWorker(64));
    expect(order.map((id) => theirs.includes(id))).toEqual([
      false,
      true,
      false,
      true,
      false,
      false,
      false,
      false,
    ]);
  });

  it('goes to the urgent first and to the backfill last', async () => {
    const backfill = (await plant({ priority: 'backfill' })).executionId;
    const normal = (await plant()).executionId;
    const urgent = (await plant({ priority: 'urgent', lanes: 3 })).executionId;
    expect(await takeAll(await startWorker(64))).toEqual([urgent, urgent, urgent, normal, backfill]);
  });

  it('goes to the backfill before the urgent once it has had none for its patience, and to one lane only', async () => {
    await plant({ priority: 'urgent', lanes: 8 });
    const backfill = await plant({ priority: 'backfill', lanes: 2 });
    const worker = await startWorker(64);
    await takeAll(worker, 2);
    await age(CLASS_PATIENCE_MS.backfill + 1_000);
    const [first, ...rest] = await takeAll(worker);
    expect(first).toBe(backfill.executionId);
    expect(rest.indexOf(backfill.executionId)).toBe(rest.length - 1);
  });

  it('goes to those that have waited longest among equals, so lanes given back take turns', async () => {
    const first = await plant();
    const second = await plant();
    const worker = await startWorker(1);
    const order = [];
    for (let turn = 0; turn < 6; turn += 1) {
      const taken = await worker.take();
      if (taken === null) throw new Error('no lane was to be had');
      order.push(taken.hold.executionId);
      await release(taken.hold);
    }
    expect(order).toEqual(
      [first, second, first, second, first, second].map(({ executionId }) => executionId),
    );
  });

  it('is had by one worker only, when many ask at once', async () => {
    for (let n = 0; n < 10; n += 1) await plant({ lanes: 2 });
    const workers = await Promise.all(Array.from({ length: 4 }, () => startWorker(8)));
    const asking = Array.from({ length: 10 }, () => workers.map((worker) => worker.take())).flat();
    const taken = await Promise.all(asking);
    const lanes = taken.flatMap((one) => (one === null ? [] : [one.hold.laneId]));
    expect(new Set(lanes).size).toBe(lanes.length);
  });

  it('is not for a worker that is full, nor one that needs a browser for a worker without', async () => {
    await plant({ renderer: 'browser', lanes: 2 });
    const plain = await plant();
    const worker = await startWorker(1, ['http']);
    expect((await worker.take({ canRender: false }))?.hold.executionId).toBe(plain.executionId);
    await plant();
    expect(await worker.take({ canRender: false })).toBeNull();
    const other = await startWorker(4, ['http']);
    await db.system.withSystem(
      (tx) => tx.sql`update crawler_instances set state = 'gone' where id = ${worker.id}`,
    );
    expect(await other.take({ canRender: false })).not.toBeNull();
    expect(await other.take({ canRender: false })).toBeNull();
    expect((await waiting()).map(({ reason }) => reason)).toEqual(['no_browser_worker']);
  });

  it('is never waited for: a lane whose execution is being stopped is passed over', async () => {
    const locked = await plant();
    const free = await plant();
    const worker = await startWorker(4);
    await db.system.withSystem(async (tx) => {
      await tx.sql`select 1 from campaign_executions where id = ${locked.executionId} for no key update`;
      expect((await worker.take())?.hold.executionId).toBe(free.executionId);
    });
  });
});

it('a lane is locked after its execution, so that who locks both the other way round waits for nobody', async () => {
  const planted = await plant({ lanes: 2 });
  const worker = await startWorker(4);
  await worker.take();
  // As a retry of a quarantined URL does it, with a worker that asks for the other lane in between.
  await db.system.withSystem(async (tx) => {
    await tx.sql`select 1 from campaign_executions where id = ${planted.executionId} for no key update`;
    expect(await worker.take()).toBeNull();
    await tx.sql`select 1 from execution_lanes where execution_id = ${planted.executionId} for update nowait`;
  });
  expect(await worker.take()).not.toBeNull();
});

describe('lanes over workers', () => {
  it('spread by what each can hold', async () => {
    for (let n = 0; n < 9; n += 1) await plant();
    const workers = [await startWorker(4), await startWorker(8), await startWorker(4)];
    const held = [0, 0, 0];
    for (let ask = 0; ask < 100; ask += 1) {
      const at = ask % 2 === 0 ? 0 : (ask >> 1) % 3;
      if ((await workers[at]?.take()) !== null) held[at] = (held[at] ?? 0) + 1;
    }
    expect(held.reduce((sum, lanes) => sum + lanes, 0)).toBe(9);
    expect(held[0]).toBeLessThanOrEqual(3);
    expect(held[1]).toBeGreaterThanOrEqual(4);
    expect(held[2]).toBeGreaterThanOrEqual(2);
  });

  it('are left to an idle worker, but not for ever when that one takes none', async () => {
    await plant({ lanes: 3 });
    const busy = await startWorker(4);
    await busy.take();
    const idle = await startWorker(4);
    expect(await busy.take()).toBeNull();
    expect(await idle.take()).not.toBeNull();
    await db.system.withSystem(
      (tx) => tx.sql`
      update execution_lanes set status = 'waiting', instance_id = null, lease_until = null where instance_id = ${idle.id}`,
    );
    expect(await busy.take()).toBeNull();
    await age(3_000);
    expect(await busy.take()).not.toBeNull();
  });

  it('are left once to a worker that does not come, and to it again once it asks', async () => {
    await plant({ lanes: 6 });
    const absent = await startWorker(8);
    const busy = await startWorker(8);
    await busy.take();
    expect(await busy.take()).toBeNull();
    await age(3_000);
    for (let n = 0; n < 3; n += 1) expect(await busy.take()).not.toBeNull();
    expect(await absent.take()).not.toBeNull();
    expect(await busy.take()).toBeNull();
    expect(await absent.take()).not.toBeNull();
  });

  it('are not left to a worker that has not been heard of', async () => {
    await plant({ lanes: 2 });
    const busy = await startWorker(4);
    await busy.take();
    const dead = await startWorker(4);
    await db.system.withSystem(
      (tx) =>
        tx.sql`update crawler_instances set heartbeat_at = now() - interval '1 minute' where id = ${dead.id}`,
    );
    expect(await busy.take()).not.toBeNull();
  });
});

describe('those that wait', () => {
  it('know their place, why they wait, and about how long', async () => {
    expect(await waiting()).toEqual([]);
    const worker = await startWorker(2);
    await takeAll(worker);
    for (let n = 0; n < 5; n += 1) await plant();
    await takeAll(worker);
    await db.system.withSystem((tx) => tx.sql`update lane_sharing set interval_ms = 10000`);
    const list = await waiting();
    expect(
      list.map(({ position, reason, estimatedSeconds }) => [position, reason, estimatedSeconds]),
    ).toEqual([
      [1, 'capacity', 10],
      [2, 'capacity', 20],
      [3, 'capacity', 30],
    ]);
  });

  it('learn the pace from lanes taken while every worker was full, and from no others', async () => {
    const worker = await startWorker(1);
    for (let n = 0; n < 3; n += 1) await plant();
    for (let n = 0; n < 3; n += 1) {
      const taken = await worker.take();
      if (taken === null) throw new Error('no lane was to be had');
      await db.system.withSystem(async ({ sql }) => {
        await sql`update lane_sharing set full_at = full_at - interval '20 seconds'`;
        await sql`update execution_lanes set status = 'finished', lease_until = null where id = ${taken.hold.laneId}`;
      });
    }
    const [row] = await db.system.withSystem(
      (tx) => tx.sql<{ interval_ms: number }[]>`select interval_ms from lane_sharing`,
    );
    expect(row?.interval_ms).toBeGreaterThan(19_000);
    expect(row?.interval_ms).toBeLessThan(30_000);
  });

  it('wait for a worker when there is none, and nobody can say how long', async () => {
    await plant();
    expect(await waiting()).toMatchObject([{ position: 1, reason: 'no_worker', estimatedSeconds: null }]);
  });

  it('for a quota of executions come in order of class and start; one that is paused counts', async () => {
    await db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxRunningExecutions: 2 }));
    const worker = await startWorker(64);
    const backfill = await plant({ priority: 'backfill' });
    const paused = await plant();
    expect(await takeAll(worker)).toHaveLength(2);
    await db.system.withSystem(
      (tx) => tx.sql`update campaign_executions set status = 'paused' where id = ${paused.executionId}`,
    );
    const normal = await plant({ lanes: 4 });
    const urgent = await plant({ priority: 'urgent' });
    expect(await takeAll(worker)).toEqual([]);
    expect(
      (await waiting()).map(({ executionId, position, reason }) => [executionId, position, reason]),
    ).toEqual([
      [urgent.executionId, 1, 'quota_executions'],
      [normal.executionId, 2, 'quota_executions'],
    ]);
    await db.system.withSystem(
      (
        tx,
      ) => tx.sql`update campaign_executions set status = 'completed', completed_at = now(), end_reason = 'frontier_exhausted'
        where id = ${backfill.executionId}`,
    );
    expect(await takeAll(worker)).toEqual([urgent.executionId]);
    expect(await waiting()).toMatchObject([{ executionId: normal.executionId, position: 1 }]);
  });
});

it('an execution that was paused before it began takes no place of its quota', async () => {
  await db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxRunningExecutions: 1 }));
  const { executionId } = await plant();
  const second = await plant();
  const move = (to: 'paused' | 'queued') =>
    db.system.withSystem((tx) => transitionExecution(tx, { executionId, to, by: 'a test' }));
  const reasonOf = async (id: string) =>
    (await db.app.withTenant(db.tenantId, (tx) => readExecution(tx, id))).waitingReason;
  await move('paused');
  expect(await reasonOf(second.executionId)).toBe('no_worker');
  const worker = await startWorker(4);
  expect((await worker.take())?.hold.executionId).toBe(second.executionId);
  await move('queued');
  expect(await worker.take()).toBeNull();
  expect(await reasonOf(executionId)).toBe('quota_executions');
  const quotas = await db.system.withSystem((tx) => readTenantQuotas(tx, db.tenantId));
  expect(quotas.runningExecutions).toBe(1);
});

it('an execution that needs a browser which nobody has keeps no place of the quota from those behind it', async () => {
  await db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxRunningExecutions: 1 }));
  const rendered = await plant({ renderer: 'browser' });
  const plain = await plant();
  const worker = await startWorker(4, ['http']);
  const reasons = async () => (await waiting()).map(({ executionId, reason }) => [executionId, reason]);
  expect(await reasons()).toEqual([
    [rendered.executionId, 'no_browser_worker'],
    [plain.executionId, 'dispatch'],
  ]);
  const reasonOf = async ({ executionId }: PlantedExecution) =>
    (await db.app.withTenant(db.tenantId, (tx) => readExecution(tx, executionId))).waitingReason;
  expect([await reasonOf(rendered), await reasonOf(plain)]).toEqual(['no_browser_worker', 'dispatch']);
  expect((await worker.take({ canRender: false }))?.hold.executionId).toBe(plain.executionId);
  expect(await reasons()).toEqual([[rendered.executionId, 'quota_executions']]);
  expect(await reasonOf(rendered)).toBe('quota_executions');
});

it('with a browser that is alive, an execution that needs it keeps its place of the quota', async () => {
  await db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxRunningExecutions: 1 }));
  const rendered = await plant({ renderer: 'browser' });
  await plant();
  const worker = await startWorker(4, ['http']);
  const renderer = await startWorker(4);
  expect(await worker.take({ canRender: false })).toBeNull();
  expect((await renderer.take())?.hold.executionId).toBe(rendered.executionId);
});

it('the lane taken from a long queue is the first of the whole order, though only its beginning is read', async () => {
  const tenants = [db.tenantId, await insertTestTenant(db.system, 'other')];
  const classes = ['urgent', 'normal', 'normal', 'normal', 'backfill'] as const;
  // One campaign has as many executions in the queue as are read of a class at a time, and comes before the others.
  const { campaignId } = await plant();
  for (let n = 0; n < 20; n += 1) {
    await plantExecution(db, { campaignId, config: { lanes: 2 }, seeds: ['http://a.test/'] });
  }
  for (let n = 0; n < 90; n += 1) {
    await plant({
      tenantId: tenants[n % 5 === 0 ? 1 : 0] ?? db.tenantId,
      priority: classes[n % classes.length] ?? 'normal',
      lanes: 1 + (n % 3),
    });
  }
  await db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxRunningExecutions: 60 }));
  const worker = await startWorker(1_000);
  for (let nth = 0; nth < 90; nth += 1) {
    const [first] = await db.system.withSystem(
      (tx) => tx.sql<{ id: string }[]>`
        with ${waitingOrder(tx)} select id from ordered where held_by is null order by place limit 1`,
    );
    expect((await worker.take())?.hold.laneId).toBe(first?.id);
  }
}, 60_000);

describe('a reason', () => {
  /** What the order says of everything that waits, and what each execution says of itself, to its own tenant. */
  async function reasons(): Promise<{ order: (string | null)[]; own: (string | null)[] }> {
    const list = await waiting();
    const own = list.map(({ executionId, tenantId }) =>
      db.app.withTenant(tenantId, (tx) => readExecution(tx, executionId)),
    );
    return {
      order: list.map(({ reason }) => reason),
      own: (await Promise.all(own)).map(({ waitingReason }) => waitingReason),
    };
  }
  const expectSame = async (expected: string[]): Promise<void> => {
    expect(await reasons()).toEqual({ order: expected, own: expected });
  };

  it('is the same in the order and on the execution, whatever is missing', async () => {
    await plant();
    await plant({ renderer: 'browser' });
    await expectSame(['no_worker', 'no_worker']);
    const worker = await startWorker(1, ['http']);
    await expectSame(['dispatch', 'no_browser_worker']);
    await worker.take({ canRender: false });
    await plant();
    await expectSame(['no_browser_worker', 'capacity']);
  });

  it('names the quota of its tenant before anything else, on both sides, and of that tenant alone', async () => {
    const other = await insertTestTenant(db.system, 'other');
    await db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxRunningExecutions: 2 }));
    for (const priority of ['backfill', 'normal', 'normal', 'urgent'] as const) await plant({ priority });
    await plant({ tenantId: other });
    const { order, own } = await reasons();
    expect(own).toEqual(order);
    expect(order.sort()).toEqual([
      'no_worker',
      'no_worker',
      'no_worker',
      'quota_executions',
      'quota_executions',
    ]);
    await db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxPagesPerDay: 0 }));
    expect((await reasons()).own.filter((reason) => reason === 'quota_pages')).toHaveLength(4);
  });

  it('of a lane that was given back is that of the queue, not what it last waited for at its worker', async () => {
    const { executionId } = await plant({ lanes: 2 });
    const worker = await startWorker(2);
    const [first, second] = [await worker.take(), await worker.take()];
    if (first === null || second === null) throw new Error('no lane was to be had');
    const read = () => db.app.withTenant(db.tenantId, (tx) => readExecutionDetail(tx, executionId));
    await db.system.withSystem((tx) => tx.sql`update execution_lanes set waiting_reason = 'host_busy'`);
    await release(first.hold);
    expect((await read()).lanes.map(({ waitingReason }) => waitingReason).sort()).toEqual([
      'dispatch',
      'host_busy',
    ]);
    await release(second.hold);
    const detail = await read();
    expect(detail.waitingReason).toBe('dispatch');
    expect(detail.lanes.map(({ waitingReason }) => waitingReason)).toEqual(['dispatch', 'dispatch']);
  });
});

it('A13: of 1,000 executions started at once, with eight workers that take them, no more run than the quota allows', async () => {
  const QUOTA = 37;
  await db.system.withSystem((tx) => setTenantQuotas(tx, db.tenantId, { maxRunningExecutions: QUOTA }));
  const workers = await Promise.all(Array.from({ length: 8 }, () => startWorker(200)));
  const running = async (): Promise<number> => {
    const rows = await db.system.withSystem(
      (tx) => tx.sql`select 1 from campaign_executions where status = 'running'`,
    );
    return rows.length;
  };
  let isStarting = true;
  const starting = Promise.all(Array.from({ length: 1_000 }, () => plant())).finally(() => {
    isStarting = false;
  });
  // Each worker asks again and again, at once; some executions end meanwhile and make room for others.
  let ended = 0;
  let most = 0;
  const asking = workers.map(async (worker) => {
    for (let ask = 0; isStarting || ask < 40; ask += 1) {
      await worker.take();
      most = Math.max(most, await running());
    }
  });
  const ending = (async () => {
    for (let n = 0; n < 20; n += 1) {
      const rows = await db.system.withSystem(
        (
          tx,
        ) => tx.sql`update campaign_executions set status = 'completed', completed_at = now(), end_reason = 'frontier_exhausted'
          where id = (select id from campaign_executions where status = 'running' limit 1) returning 1`,
      );
      ended += rows.length;
    }
  })();
  const [executions] = await Promise.all([starting, ...asking, ending]);
  const fill = async (): Promise<number> => {
    await Promise.all(workers.map((worker) => worker.take()));
    most = Math.max(most, await running());
    return running();
  };
  await expect.poll(fill, { timeout: 20_000, interval: 10 }).toBe(QUOTA);
  expect(most).toBeLessThanOrEqual(QUOTA);
  expect(executions.length - QUOTA - ended).toBe((await waiting()).length);
}, 120_000);

it('a lane that is asked to make room is seen so, and comes last when it waits again', async () => {
  const first = await plant();
  await plant();
  const worker = await startWorker(1);
  const taken = await worker.take();
  if (taken === null) throw new Error('no lane was to be had');
  expect(await db.system.withSystem((tx) => requestYields(tx, [taken.hold.laneId]))).toBe(1);
  const demand = await db.system.withSystem((tx) => readLaneDemand(tx, 10));
  expect(demand).toMatchObject({
    waiting: [{ classRank: 2 }],
    working: [{ isYielding: true }],
    room: { all: 0 },
  });
  await release(taken.hold);
  expect((await worker.take())?.hold.executionId).not.toBe(first.executionId);
});
