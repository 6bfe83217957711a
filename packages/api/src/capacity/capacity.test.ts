import { newId } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { FIRST_TENANT } from '../access/first-administrator.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { createCapacityDesk } from './capacity-desk.js';

const api = oneApiPerFile();

async function start(fields: object = {}): Promise<string> {
  const json = { name: 'Waits', seeds: ['https://example.org/'], ...fields };
  const { id } = (await api().call('POST', '/campaigns', { json })).body;
  return (await api().call('POST', `/campaigns/${id}/start`)).body.execution.id;
}

/** The order is half a second old at most. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 600));

describe('the queue', () => {
  const started: string[] = [];
  beforeAll(async () => {
    started.push(
      await start({ priority: 'backfill' }),
      await start(),
      await start({ priority: 'urgent', lanes: 2 }),
    );
    await settled();
  });

  it('lists what waits, next first, with place and reason, in pages', async () => {
    const all = await api().call('GET', '/queue');
    expect(all.body.items.map((one) => one['executionId'])).toEqual([...started].reverse());
    expect(all.body.items[0]).toMatchObject({
      priority: 'urgent',
      campaignName: 'Waits',
      number: 1,
      status: 'queued',
      reason: 'no_worker',
      position: 1,
      estimatedSeconds: null,
      lanesWaiting: 2,
    });
    const first = await api().call('GET', '/queue?limit=2');
    const rest = await api().call('GET', `/queue?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...rest.body.items]).toEqual(all.body.items);
    expect(rest.body.nextCursor).toBeNull();
  });

  it('shows a tenant its own only', async () => {
    const { foreign } = api().keys;
    expect((await api().call('GET', '/queue', { key: foreign })).body.items).toEqual([]);
  });

  it('gives an execution its place, until it has ended', async () => {
    const path = `/executions/${started[1]}`;
    expect((await api().call('GET', path)).body['waiting']).toMatchObject({
      reason: 'no_worker',
      position: 2,
    });
    await api().call('POST', `${path}/stop`);
    expect((await api().call('GET', path)).body['waiting']).toBeNull();
  });
});

it('a long order is answered from what is known while it is read anew', async () => {
  const desk = createCapacityDesk(api().db.system, { longOrder: 0 });
  const list = async () => (await desk.listWaiting(api().db.tenantId)).map(({ executionId }) => executionId);
  const before = await list();
  const id = await start();
  await settled();
  expect(await list()).toEqual(before);
  await expect.poll(list).toContain(id);
  await api().call('POST', `/executions/${id}/stop`);
});

const rename = (name: string) =>
  api().db.system.withSystem(
    (tx) => tx.sql`update tenants set name = ${name} where id = ${api().db.tenantId}`,
  );

describe('the list of tenants', () => {
  const namesOf = async (query: string, key = api().keys.admin) =>
    (await api().call('GET', `/tenants${query}`, { key })).body.items.map((one) => one['name']);

  it('has the own tenant alone, and all of them for the first', async () => {
    expect(await namesOf('')).toEqual(['test tenant']);
    expect(await namesOf('', api().keys.foreign)).toEqual(['another tenant']);
    expect(await namesOf('?name=another%20tenant')).toEqual([]);
    await rename(FIRST_TENANT);
    expect((await namesOf('')).sort()).toEqual(['another tenant', FIRST_TENANT].sort());
    expect(await namesOf('?name=another%20tenant')).toEqual(['another tenant']);
    const { body } = await api().call('GET', '/tenants?limit=1');
    const rest = await namesOf(`?limit=1&cursor=${body.nextCursor}`);
    expect([...body.items.map((one) => one['name']), ...rest].sort()).toEqual(
      ['another tenant', FIRST_TENANT].sort(),
    );
    await rename('test tenant');
  });
});

describe('quotas', () => {
  it('are read by administrators: their own, and all by those of the first tenant', async () => {
    const own = await api().call('GET', '/tenants/me/quotas');
    expect(own.body).toMatchObject({
      tenantId: api().db.tenantId,
      maxRunningExecutions: null,
      maxPagesPerDay: null,
      runningExecutions: 0,
      pagesToday: 0,
    });
    expect((await api().call('GET', `/tenants/${api().foreignTenantId}/quotas`)).status).toBe(404);
    await rename(FIRST_TENANT);
    expect((await api().call('GET', `/tenants/${api().foreignTenantId}/quotas`)).status).toBe(200);
    expect((await api().call('GET', `/tenants/${newId()}/quotas`)).status).toBe(404);
    await rename('test tenant');
  });

  it('are set for any tenant by the first one, and by nobody for himself', async () => {
    const path = `/tenants/${api().foreignTenantId}/quotas`;
    const json = { maxRunningExecutions: 3 };
    const { foreign } = api().keys;
    expect((await api().call('PATCH', '/tenants/me/quotas', { json, key: foreign })).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
    expect((await api().call('PATCH', path, { json })).status).toBe(404);
    await rename(FIRST_TENANT);
    expect((await api().call('PATCH', path, { json })).body).toMatchObject({ maxRunningExecutions: 3 });
    const more = await api().call('PATCH', path, { json: { maxPagesPerDay: 1_000 } });
    expect(more.body).toMatchObject({ maxRunningExecutions: 3, maxPagesPerDay: 1_000 });
    const lifted = await api().call('PATCH', path, { json: { maxRunningExecutions: null } });
    expect(lifted.body).toMatchObject({ maxRunningExecutions: null, maxPagesPerDay: 1_000 });
    await rename('test tenant');
    const audit = await api().db.app.withTenant(
      api().db.tenantId,
      (tx) => tx.sql`select detail from audit_log where action = 'tenant.set_quotas' order by id`,
    );
    expect(audit).toHaveLength(3);
  });

  it('stay as they were when the audit log cannot take their line', async () => {
    const path = `/tenants/${api().foreignTenantId}/quotas`;
    const quotas = async () => (await api().call('GET', path, { key: api().keys.foreign })).body;
    const before = await quotas();
    await rename(FIRST_TENANT);
    const owner = (statement: string) => api().db.asOwner((sql) => sql.unsafe(statement));
    await owner(
      "alter table audit_log add constraint no_quotas check (action <> 'tenant.set_quotas') not valid",
    );
    try {
      const refused = await api().call('PATCH', path, { json: { maxRunningExecutions: 77 } });
      expect(refused.status).toBe(500);
    } finally {
      await owner('alter table audit_log drop constraint no_quotas');
      await rename('test tenant');
    }
    expect(await quotas()).toMatchObject({ maxRunningExecutions: before['maxRunningExecutions'] });
  });

  it.each([{}, { maxPagesPerDay: -1 }, { maxRunningExecutions: 1.5 }, { maxPagesPerHour: 5 }])(
    'refuse %j',
    async (json) => {
      expect((await api().call('PATCH', '/tenants/me/quotas', { json })).status).toBe(400);
    },
  );

  it('keep an execution queued, and say so', async () => {
    await rename(FIRST_TENANT);
    await api().call('PATCH', '/tenants/me/quotas', { json: { maxRunningExecutions: 0 } });
    const id = await start();
    await settled();
    const detail = (await api().call('GET', `/executions/${id}`)).body;
    expect(detail).toMatchObject({
      ...{ status: 'queued', waitingReason: 'quota_executions', waiting: { reason: 'quota_executions' } },
      lanes: [{ status: 'waiting', waitingReason: 'quota_executions' }],
    });
    const { body } = await api().call('GET', `/campaigns/${detail['campaignId']}/executions`);
    expect(body.items).toMatchObject([{ id, waitingReason: 'quota_executions' }]);
    await api().call('PATCH', '/tenants/me/quotas', { json: { maxRunningExecutions: null } });
    await rename('test tenant');
  });

  it.each(['queued', 'running'] as const)(
    'of pages are named alike by a %s execution, its progress, the list and the queue',
    async (status) => {
      await rename(FIRST_TENANT);
      await api().call('PATCH', '/tenants/me/quotas', { json: { maxPagesPerDay: 0 } });
      const id = await start();
      await api().db.system.withSystem(
        ({ sql }) => sql`
          update campaign_executions set status = ${status}, started_at = ${status === 'running' ? new Date() : null}
          where id = ${id}`,
      );
      await settled();
      const detail = (await api().call('GET', `/executions/${id}`)).body;
      expect(detail).toMatchObject({
        status,
        waitingReason: 'quota_pages',
        waiting: { reason: 'quota_pages' },
      });
      expect((await api().call('GET', `/executions/${id}/progress`)).body).toMatchObject({
        status,
        waitingReason: 'quota_pages',
      });
      const { body } = await api().call('GET', `/campaigns/${detail['campaignId']}/executions`);
      expect(body.items).toMatchObject([{ id, waitingReason: 'quota_pages' }]);
      const queue = (await api().call('GET', '/queue')).body.items;
      expect(queue.find((one) => one['executionId'] === id)).toMatchObject({ reason: 'quota_pages' });
      await api().call('PATCH', '/tenants/me/quotas', { json: { maxPagesPerDay: null } });
      await rename('test tenant');
    },
  );
});
