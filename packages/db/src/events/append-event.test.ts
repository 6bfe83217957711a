import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, inject, it } from 'vitest';
import { plantCampaign } from '../testing/plant-execution.js';
import { createTestDatabase, type TestDatabase } from '../testing/test-database.js';
import { appendEvent } from './append-event.js';

let db: TestDatabase;
let campaignId: string;

beforeEach(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  campaignId = await plantCampaign(db);
});
afterEach(() => db.drop());

const updated = (name: string) => ({
  tenantId: db.tenantId,
  campaignId,
  executionId: null,
  type: 'campaign.updated' as const,
  payload: { name, configRevision: 1 },
});

interface EventRow {
  seq: number;
  occurred_at: Date;
  payload: { name: string };
}

const readEvents = () =>
  db.app.withTenant(
    db.tenantId,
    ({ sql }) =>
      sql<
        EventRow[]
      >`select seq, occurred_at, payload from event_stream where campaign_id = ${campaignId} order by seq`,
  );

it('twenty writers at once, some of which roll back, number the events 1..n without a hole', async () => {
  const write = (writer: number) =>
    db.app.withTenant(db.tenantId, async (tx) => {
      for (let event = 0; event < 5; event++) {
        await appendEvent(tx, updated(`${writer}.${event}`));
        await sleep(Math.random() * 2);
      }
      if (writer % 4 === 0) throw new Error('rolled back');
    });
  const outcomes = await Promise.allSettled(Array.from({ length: 20 }, (_, writer) => write(writer)));

  expect(outcomes.filter(({ status }) => status === 'rejected')).toHaveLength(5);
  const events = await readEvents();
  expect(events.map(({ seq }) => seq)).toEqual(Array.from({ length: 75 }, (_, index) => index + 1));
});

it('the order of the numbers is the order of time, also for a transaction that began early', async () => {
  await db.app.withTenant(db.tenantId, async (early) => {
    await early.sql`select 1`;
    await db.app.withTenant(db.tenantId, (tx) => appendEvent(tx, updated('second to begin')));
    await appendEvent(early, updated('first to begin'));
  });
  const events = await readEvents();
  expect(events.map(({ payload }) => payload.name)).toEqual(['second to begin', 'first to begin']);
  expect(events[0]?.occurred_at.getTime()).toBeLessThanOrEqual(events[1]?.occurred_at.getTime() ?? 0);
});

it('a payload that the catalogue does not promise is refused and takes no number', async () => {
  const wrong = { ...updated('x'), payload: { name: 'x', configRevision: 1, extra: true } };
  await expect(db.app.withTenant(db.tenantId, (tx) => appendEvent(tx, wrong))).rejects.toThrow();
  expect(await db.app.withTenant(db.tenantId, (tx) => appendEvent(tx, updated('y')))).toBe(1);
});

it('text that PostgreSQL cannot store does not keep an event from being written', async () => {
  await db.app.withTenant(db.tenantId, (tx) => appendEvent(tx, updated('a\0b\ud800')));
  expect((await readEvents())[0]?.payload.name).toBe('a\ufffdb\ufffd');
});

it('a campaign without a counter row gets one with its first event', async () => {
  await db.app.withTenant(db.tenantId, ({ sql }) => sql`delete from campaign_metrics`);
  expect(await db.app.withTenant(db.tenantId, (tx) => appendEvent(tx, updated('x')))).toBe(1);
});
