import { beatApiProcess, type EventSubscription, listViewers } from '@outrider/db';
import { createTestDatabase } from '@outrider/db/testing';
import { newId } from '@outrider/shared';
import { createLogger } from '@outrider/telemetry';
import { expect, inject, it, onTestFinished, vi } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { readStream } from '../testing/read-stream.js';
import { Presence } from './presence.js';

const api = oneApiPerFile();

it('who follows a campaign is listed by key while it does, and for nobody of another tenant', async () => {
  const json = { name: 'Watched', seeds: ['https://example.org/'] };
  const id = (await api().call('POST', '/campaigns', { json })).body.id;
  const viewers = async () => (await api().call('GET', `/campaigns/${id}/viewers`)).body.items;
  expect(await viewers()).toEqual([]);
  const open = (key: string) =>
    readStream(`${api().origin}/api/crawler/campaigns/${id}/events`, { authorization: `Bearer ${key}` });
  const { viewer, admin, foreign } = api().keys;
  const streams = [await open(viewer), await open(viewer), await open(admin)];
  onTestFinished(() => {
    for (const stream of streams) stream.close();
  });
  await vi.waitFor(async () =>
    expect(await viewers()).toMatchObject([
      { name: 'a viewer', connections: 2 },
      { name: 'a admin', connections: 1 },
    ]),
  );
  streams[0]?.close();
  streams[2]?.close();
  await vi.waitFor(async () => expect(await viewers()).toMatchObject([{ name: 'a viewer', connections: 1 }]));
  expect((await api().call('GET', `/campaigns/${id}/viewers`, { key: foreign })).status).toBe(404);
});

it('who followed over a process that died is gone with the next beat of another; one taken for dead notes all again', async () => {
  const db = await createTestDatabase(inject('postgresAdminUrl'));
  onTestFinished(() => db.drop());
  const { tenantId } = db;
  const about = {
    tenantId,
    executionId: null,
    apiKeyId: newId(),
    viewerName: 'x',
    transport: 'socket' as const,
  };
  const subscription = (campaignId: string): EventSubscription => ({ id: newId(), campaignId, ...about });
  const logger = createLogger({ name: 'test', level: 'silent' });
  const presence = new Presence({ system: db.system, logger, process: { id: newId(), host: 'a', pid: 1 } });
  onTestFinished(() => presence.close());
  const campaignId = newId();
  presence.add(subscription(campaignId));
  const count = async () => {
    const viewers = await db.app.withTenant(tenantId, (tx) => listViewers(tx, campaignId, 20_000));
    return viewers.map(({ connections }) => connections);
  };
  await vi.waitFor(async () => expect(await count()).toEqual([1]), { timeout: 3_000 });
  await db.system.withSystem(
    ({ sql }) => sql`update api_processes set heartbeat_at = now() - interval '1 minute'`,
  );
  expect(await count()).toEqual([]);
  await db.system.withSystem((tx) => beatApiProcess(tx, { id: newId(), host: 'b', pid: 2 }, 20_000));
  const [rows] = await db.system.withSystem(
    ({ sql }) => sql<{ n: number }[]>`select count(*)::int as n from event_subscriptions`,
  );
  expect(rows?.n).toBe(0);
  presence.add(subscription(campaignId));
  await vi.waitFor(async () => expect(await count()).toEqual([2]), { timeout: 10_000 });
}, 20_000);
