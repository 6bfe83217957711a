import { newId } from '@outrider/shared';
import { afterAll, beforeAll, beforeEach, describe, expect, inject, it } from 'vitest';
import { type PlantedExecution, plantExecution } from '../testing/plant-execution.js';
import { rowsRead } from '../testing/rows-read.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { listInstanceMetrics } from './list-instance-metrics.js';
import { THINNINGS, thinMetrics } from './thin-metrics.js';

let db: TestDatabase;
let planted: PlantedExecution;
let instanceId: string;

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  planted = await plantExecution(db, { config: { lanes: 2 } });
});
afterAll(() => db.drop());
beforeEach(async () => {
  await db.system.withSystem(({ sql }) => sql`delete from crawler_performance_metrics`);
  instanceId = newId();
});

interface Sample {
  /** Before the beginning of this hour, in seconds. */
  readonly ago: number;
  readonly lane?: number;
  readonly pagesPerSecond: number;
  readonly requestsPerMinute: number;
  readonly responseMs?: number | null;
  readonly successRate?: number | null;
  readonly seconds?: number;
  readonly processed?: number;
}

/** The beginning of this hour, so that what is said of spans does not hang on the time of day. */
const HOUR = 3_600;
const DAY = 24 * HOUR;

async function plant(samples: readonly Sample[]): Promise<void> {
  await db.system.withSystem(async ({ sql }) => {
    for (const one of samples) {
      const { responseMs = null, successRate = null } = one;
      await sql`
        insert into crawler_performance_metrics (instance_id, recorded_at, tenant_id, campaign_id, execution_id, lane_id,
          pages_per_second, average_response_time_ms, success_rate, error_rate, cpu_usage_percent, memory_usage_mb, queue_size,
          processed_count, pending_count, bandwidth_mbps, requests_per_minute, seconds)
        values (${instanceId}, date_trunc('hour', now()) - ${one.ago} * interval '1 second', ${db.tenantId}, ${planted.campaignId},
          ${planted.executionId}, ${planted.laneIds[one.lane ?? 0] ?? ''}, ${one.pagesPerSecond}, ${responseMs}, ${successRate},
          ${successRate === null ? null : 1 - successRate}, 50, 100, 4, ${one.processed ?? 0}, 9, 1, ${one.requestsPerMinute},
          ${one.seconds ?? 5})`;
    }
  });
}

async function thinAll(): Promise<number> {
  let removed = 0;
  for (const step of THINNINGS) {
    for (;;) {
      const now = await db.system.withSystem((tx) => thinMetrics(tx, step));
      if (now === 0) break;
      removed += now;
    }
  }
  return removed;
}

const kept = async () => {
  const { items } = await db.app.withTenant(
    db.tenantId,
    (tx) => listInstanceMetrics(tx, { instanceId, limit: 1_000, after: null }),
    { readOnly: true },
  );
  return items;
};

describe('metrics thin out', () => {
  it('to one row a lane and minute after a day, means weighing by seconds, requests and pages', async () => {
    const ago = 2 * DAY;
    await plant([
      {
        ago,
        pagesPerSecond: 10,
        requestsPerMinute: 600,
        responseMs: 100,
        successRate: 1,
        seconds: 5,
        processed: 50,
      },
      {
        ago: ago - 30,
        pagesPerSecond: 40,
        requestsPerMinute: 1_200,
        responseMs: 400,
        successRate: 0.5,
        seconds: 15,
        processed: 650,
      },
      { ago: ago - 40, pagesPerSecond: 0, requestsPerMinute: 0, seconds: 20, processed: 650 },
      { ago: ago - 30, lane: 1, pagesPerSecond: 7, requestsPerMinute: 60, responseMs: 9, successRate: 1 },
      { ago: ago - 60, pagesPerSecond: 3, requestsPerMinute: 60, responseMs: 8 },
      { ago: HOUR, pagesPerSecond: 5, requestsPerMinute: 60 },
    ]);
    expect(await thinAll()).toBe(5);
    const rows = await kept();
    expect(rows.map(({ resolution }) => resolution)).toEqual(['sample', 'minute', 'minute', 'minute']);
    const [, next, ...minute] = rows;
    expect(next).toMatchObject({ pagesPerSecond: 3, seconds: 5 });
    const first = minute.find(({ laneId }) => laneId === planted.laneIds[0]);
    // 650 pages in 40 s, of which 350 were well; 350 requests, 50 at 100 ms and 300 at 400 ms.
    expect(first).toMatchObject({ seconds: 40, processedCount: 650, pendingCount: 9, cpuUsagePercent: 50 });
    expect(first?.pagesPerSecond).toBeCloseTo(650 / 40);
    expect(first?.requestsPerMinute).toBeCloseTo((350 / 40) * 60);
    expect(first?.averageResponseTimeMs).toBeCloseTo((50 * 100 + 300 * 400) / 350);
    expect(first?.successRate).toBeCloseTo(350 / 650);
    expect(first?.errorRate).toBeCloseTo(300 / 650);
    expect(await thinAll()).toBe(0);
  });

  it('to one row a lane and hour after a week, with the same sums as the samples', async () => {
    const ago = 9 * DAY;
    const samples = Array.from({ length: 240 }, (_, n) => ({
      ago: ago - n * 30,
      pagesPerSecond: n % 7,
      requestsPerMinute: 60 * (n % 7),
      responseMs: 10 + n,
      seconds: 30,
    }));
    await plant(samples);
    await thinAll();
    const rows = await kept();
    expect(rows.map(({ resolution }) => resolution)).toEqual(['hour', 'hour']);
    const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
    expect(sum(rows.map((row) => row.pagesPerSecond * row.seconds))).toBeCloseTo(
      sum(samples.map((one) => one.pagesPerSecond * one.seconds)),
    );
    expect(
      sum(rows.map((row) => (row.averageResponseTimeMs ?? 0) * row.requestsPerMinute * row.seconds)),
    ).toBeCloseTo(sum(samples.map((one) => one.responseMs * one.requestsPerMinute * one.seconds)), 3);
  });

  it('once, whoever does it at the same time', async () => {
    await plant(
      Array.from({ length: 60 }, (_, n) => ({
        ago: 2 * DAY - n,
        pagesPerSecond: 2,
        requestsPerMinute: 120,
        seconds: 1,
      })),
    );
    await Promise.all([thinAll(), thinAll(), thinAll()]);
    expect(await kept()).toMatchObject([{ resolution: 'minute', seconds: 60, pagesPerSecond: 2 }]);
  });

  it.each([
    { when: 'there are many to thin', days: 3 },
    { when: 'all are too young', days: 0.9 },
  ])('reading little besides what it takes, when $when', async ({ days }) => {
    await db.asOwner(async (sql) => {
      await sql`
        insert into crawler_performance_metrics (instance_id, recorded_at, tenant_id, campaign_id, execution_id, lane_id,
          pages_per_second, cpu_usage_percent, memory_usage_mb, queue_size, processed_count, pending_count, bandwidth_mbps, requests_per_minute, seconds)
        select ${instanceId}, now() - n * (${days}::float8 / 20000) * interval '1 day', ${db.tenantId}, ${planted.campaignId}, ${planted.executionId},
          ${planted.laneIds[0] ?? ''}, 1, 50, 100, 4, n, 9, 1, 60, 5
        from generate_series(1, 20000) as n`;
      await sql`analyze crawler_performance_metrics`;
    });
    const [step] = THINNINGS;
    if (step === undefined) throw new Error('there is no step');
    let taken = 0;
    const read = await db.system.withSystem((tx) =>
      rowsRead(tx, ['crawler_performance_metrics'], async () => {
        taken = await thinMetrics(tx, step);
      }),
    );
    expect(taken > 0).toBe(days > 1);
    expect(read).toBeLessThan(2 * taken + 10);
  });
});

describe('metrics are read', () => {
  const list = (since: number, more = {}) =>
    db.app.withTenant(
      db.tenantId,
      (tx) =>
        listInstanceMetrics(tx, {
          instanceId,
          limit: 1_000,
          after: null,
          since: new Date(Date.now() - since * 1_000).toISOString(),
          ...more,
        }),
      { readOnly: true },
    );

  it('by the sample, the minute or the hour, as the span asks for, whatever they are kept by', async () => {
    await plant(
      Array.from({ length: 360 }, (_, n) => ({
        ago: 2 * HOUR - n * 10,
        pagesPerSecond: 6,
        requestsPerMinute: 60,
        seconds: 10,
      })),
    );
    const [samples, minutes, hours] = [await list(5 * HOUR), await list(2 * DAY), await list(8 * DAY)];
    expect([samples, minutes, hours].map(({ items }) => items.length)).toEqual([360, 60, 1]);
    expect(minutes.items[0]).toMatchObject({ resolution: 'minute', seconds: 60, pagesPerSecond: 6 });
    expect(hours.items[0]).toMatchObject({ resolution: 'hour', seconds: 3_600, pagesPerSecond: 6 });
    const asked = await list(8 * DAY, { resolution: 'sample' });
    expect(asked.items).toHaveLength(360);
  });

  it('in parts that together are the whole', async () => {
    await plant(
      Array.from({ length: 60 }, (_, n) => ({
        ago: 2 * HOUR - n * 30,
        lane: n % 2,
        pagesPerSecond: n,
        requestsPerMinute: 60,
      })),
    );
    const whole = await list(2 * DAY);
    const parts = [];
    for (let after: Awaited<ReturnType<typeof list>>['next'] = null; ; ) {
      const part = await list(2 * DAY, { limit: 7, after });
      parts.push(...part.items);
      if (part.next === null) break;
      after = part.next;
    }
    expect(whole.items).toHaveLength(60);
    expect(parts).toEqual(whole.items);
  });

  it('in whole hours, however many samples one has and however few are asked for', async () => {
    const [lane = '', other = ''] = planted.laneIds;
    await db.system.withSystem(
      ({ sql }) => sql`
        insert into crawler_performance_metrics (instance_id, recorded_at, tenant_id, campaign_id, execution_id, lane_id,
          pages_per_second, cpu_usage_percent, memory_usage_mb, queue_size, processed_count, pending_count, bandwidth_mbps,
          requests_per_minute)
        select ${instanceId}, date_trunc('hour', now()) - 3 * interval '1 hour' + n * interval '5 s', ${db.tenantId},
          ${planted.campaignId}, ${planted.executionId}, lane::uuid, n / 720, 1, 1, 1, n, 3000 - n, 1, 60
        from generate_series(0, 2159) as n cross join unnest(${[lane, other]}::text[]) as lane`,
    );
    const parts = [];
    for (let after: Awaited<ReturnType<typeof list>>['next'] = null; ; ) {
      const part = await list(8 * DAY, { limit: 1, after });
      parts.push(...part.items);
      if (part.next === null) break;
      after = part.next;
    }
    const hour = (n: number) => ({
      ...{ resolution: 'hour', seconds: 3_600, pagesPerSecond: n, campaignId: planted.campaignId },
      ...{
        executionId: planted.executionId,
        processedCount: 720 * n + 719,
        pendingCount: 3_000 - 720 * n - 719,
      },
    });
    expect(parts).toMatchObject([hour(2), hour(2), hour(1), hour(1), hour(0), hour(0)]);
    expect((await list(8 * DAY)).items).toEqual(parts);
  });
});
