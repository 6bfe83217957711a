import { newId, ROUTES, type Route, type RouteName } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';
import { type CallOptions, startTestApi, type TestAnswer, type TestApi } from '../testing/start-test-api.js';

let api: TestApi;
let site: PlantedSite;
let errorId: string;
let keyId: string;
let scheduleId: string;
let operationId: string;

beforeAll(async () => {
  api = await startTestApi(inject('postgresAdminUrl'));
  site = await plantSite(api);
  errorId = (await api.call('GET', `/campaigns/${site.campaignId}/errors`)).body.items[0]?.id ?? '';
  const made = await api.call('POST', '/campaigns', {
    json: { name: 'ordered', seeds: ['https://example.org/'] },
  });
  await api.call('POST', `/campaigns/${made.body.id}/start`);
  const paused = await api.call('POST', `/campaigns/${made.body.id}/pause`);
  operationId = paused.body.operation?.id ?? '';
  keyId = (await api.call('GET', '/api-keys')).body.items[0]?.id ?? '';
  const json = { name: 'x', cron: '@daily' };
  scheduleId = (await api.call('POST', `/campaigns/${site.campaignId}/schedules`, { json })).body.id;
});
afterAll(() => api?.close());

const NAMES = Object.keys(ROUTES) as RouteName[];
const routeOf = (name: RouteName): Route => ROUTES[name];
const WITH_IDS = NAMES.filter((name) => routeOf(name).path.includes(':id'));

/** A body that the route's schema takes. */
const BODIES: Partial<Record<RouteName, object>> = {
  createCampaign: { name: 'x', seeds: ['https://example.org/'] },
  updateCampaign: { name: 'renamed' },
  addSeeds: { seeds: ['https://example.org/'] },
  planCampaign: { urls: ['https://example.org/'] },
  removeSeeds: { seeds: ['https://example.org/'] },
  resolveError: { resolved: true },
  resolveErrorGroup: { errorType: 'http', errorCode: 'http_4xx', host: null, resolved: true },
  freezeHost: { reason: 'x' },
  createSchedule: { name: 'x', cron: '@daily' },
  updateSchedule: { name: 'renamed' },
  backfillSchedule: { from: '2026-01-01T00:00:00Z', to: '2026-01-01T01:00:00Z' },
  setTenantQuotas: { maxRunningExecutions: 5 },
  createApiKey: { name: 'x', scope: 'viewer' },
};
const QUERIES: Partial<Record<RouteName, string>> = {
  explainUrl: '?url=https://a.test/',
  compareExecutions: `?ids=${newId()},${newId()}`,
  readCalendar: '?from=2026-03-01&to=2026-03-31',
  compareCampaigns: `?ids=${newId()},${newId()}`,
};

function send(
  name: RouteName,
  ids: { id: string; key?: string },
  options: CallOptions = {},
): Promise<TestAnswer> {
  const { method, path } = routeOf(name);
  const filled = path
    .replace(':id', ids.id)
    .replace(':key', ids.key ?? newId())
    .replace(':host', 'a.test')
    .replace(':revision', '1');
  const body = BODIES[name];
  return api.call(method.toUpperCase(), `${filled}${QUERIES[name] ?? ''}`, {
    ...(body === undefined ? {} : { json: body }),
    ...options,
  });
}

function ownId(name: RouteName): string {
  const { path } = routeOf(name);
  if (path.startsWith('/campaigns')) return site.campaignId;
  if (path.startsWith('/executions')) return site.executionId;
  if (path.startsWith('/errors')) return errorId;
  if (path.startsWith('/schedules')) return scheduleId;
  if (path.startsWith('/api-keys')) return keyId;
  if (path.startsWith('/tenants')) return api.db.tenantId;
  if (path.startsWith('/operations')) return operationId;
  return site.instanceId;
}

describe.each(NAMES)('%s', (name) => {
  it('without a key is 401, and says how to send one', async () => {
    const answer = await send(name, { id: newId() }, { key: null });
    expect(answer.body).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });

  it('with a key of a smaller scope is 403', async () => {
    const { scope } = routeOf(name);
    const lower = { viewer: null, operator: api.keys.viewer, admin: api.keys.operator }[scope];
    if (lower === null) return;
    expect((await send(name, { id: ownId(name) }, { key: lower })).body).toMatchObject({
      status: 403,
      code: 'forbidden',
    });
  });

  it('refuses a query parameter and a field it does not know', async () => {
    const { method, path } = routeOf(name);
    const filled = path
      .replace(':id', newId())
      .replace(':key', newId())
      .replace(':host', 'a.test')
      .replace(':revision', '1');
    const url = `${filled}${QUERIES[name] ?? '?'}&tenantId=${newId()}`;
    const body = BODIES[name];
    const answer = await api.call(method.toUpperCase(), url, body === undefined ? {} : { json: body });
    expect(answer.body).toMatchObject({
      status: 400,
      fields: [{ path: 'tenantId', code: expect.any(String) }],
    });
    if (body === undefined) return;
    const wrong = await send(name, { id: newId() }, { json: { ...body, tenantId: newId() } });
    expect(wrong.body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [{ path: 'tenantId' }],
    });
  });
});

describe.each(WITH_IDS)('%s', (name) => {
  it.each(['not-a-uuid', "' OR 1=1", '%27', '1;drop table tenants', '%00', 'undefined'])(
    'with the id %s is 400',
    async (id) => {
      const answer = await send(name, { id: id.startsWith('%') ? id : encodeURIComponent(id) });
      expect(answer.body).toMatchObject({ status: 400, code: 'validation_failed', fields: [{ path: 'id' }] });
    },
  );

  it('with the id of something that does not exist is 404', async () => {
    expect((await send(name, { id: newId() })).body).toMatchObject({ status: 404, code: 'not_found' });
  });

  // Workers serve every tenant, so they are no tenant's; the samples in their metrics are (see below).
  if (name !== 'listInstanceMetrics') {
    it("with another tenant's id is 404, in the same words as for an unknown one", async () => {
      const asked = { id: ownId(name), key: site.keyOf('/') };
      const foreign = await send(name, asked, { key: api.keys.foreign });
      const unknown = await send(name, { ...asked, id: newId() }, { key: api.keys.foreign });
      const { requestId: _, ...body } = foreign.body;
      expect(unknown.body).toMatchObject(body);
      expect(foreign.status).toBe(404);
    });
  }
});

describe('tenants', () => {
  it("a header or a filter that names another tenant's things shows none of them", async () => {
    const headers = { 'x-tenant': api.db.tenantId, 'x-tenant-id': api.db.tenantId };
    const own = await api.call('GET', '/campaigns', { key: api.keys.foreign, headers });
    expect(own.body.items).toEqual([]);
    const created = await api.call('POST', '/campaigns', {
      key: api.keys.foreign,
      json: { name: 'theirs', seeds: ['https://example.org/'] },
    });
    const theirs = `/campaigns/${created.body.id}`;
    const errors = await api.call('GET', `${theirs}/errors?executionId=${site.executionId}`, {
      key: api.keys.foreign,
    });
    expect(errors.body.items).toEqual([]);
    const urls = await api.call('GET', `${theirs}/discovered-urls?executionId=${site.executionId}`, {
      key: api.keys.foreign,
    });
    expect(urls.status).toBe(404);
    const metrics = await api.call('GET', `/instances/${site.instanceId}/metrics`, { key: api.keys.foreign });
    expect(metrics.body.items).toEqual([]);
  });
});
