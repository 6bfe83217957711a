import { urlKey } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';

const api = oneApiPerFile();
let site: PlantedSite;
beforeAll(async () => {
  site = await plantSite(api());
});

const around = (hours: number): string =>
  encodeURIComponent(new Date(Date.now() + hours * 3_600_000).toISOString());

async function list(query = '') {
  const { status, body } = await api().call('GET', `/campaigns/${site.campaignId}/errors?${query}`);
  expect(status).toBe(200);
  return body.items;
}

describe('errors', () => {
  it.each([
    ['', 3],
    ['errorType=timeout', 1],
    ['severity=critical', 1],
    ['errorCode=http_4xx', 1],
    ['status=404', 1],
    ['status=2xx', 1],
    ['host=a.test', 3],
    ['host=b.test', 0],
    ['withoutHost=true', 0],
    ['withoutHost=false', 3],
    ['urlContains=dead', 1],
    ['urlContains=crw_', 0],
    ['resolved=false', 3],
    ['resolved=true', 0],
    [`since=${around(-1)}`, 3],
    [`since=${around(1)}`, 0],
    [`until=${around(1)}`, 3],
    [`until=${around(-1)}`, 0],
  ])('the filter %s finds %i', async (query, count) => {
    expect(await list(query)).toHaveLength(count);
  });

  it('of one execution are found by its id', async () => {
    expect(await list(`executionId=${site.executionId}`)).toHaveLength(3);
    expect(await list(`executionId=${site.campaignId}`)).toHaveLength(0);
  });

  it('come newest first', async () => {
    expect((await list()).map((error) => error['errorCode'])).toEqual([
      'parser_failed',
      'http_4xx',
      'connect_timeout',
    ]);
  });

  it('name the page that first led to their URL, also once they are resolved', async () => {
    const deadKey = urlKey('https://a.test/dead');
    await api().db.app.withTenant(
      api().db.tenantId,
      (tx) =>
        tx.sql`update url_discovery_log set source_url = 'https://a.test/slow' where url_hash = ${deadKey}`,
    );
    expect((await list()).map((error) => error['sourceUrl'])).toEqual([
      'https://a.test/',
      'https://a.test/',
      'https://a.test/slow',
    ]);
    const [dead] = await list('urlContains=dead');
    const answer = await api().call('PATCH', `/errors/${dead?.id}`, { json: { resolved: false } });
    expect(answer.body['sourceUrl']).toBe('https://a.test/slow');
  });

  it('are resolved with notes, which stay when they are not given again, and are opened again', async () => {
    const [error] = await list('severity=critical');
    const path = `/errors/${error?.id}`;
    const resolved = await api().call('PATCH', path, {
      json: { resolved: true, resolutionNotes: 'fixed the parser' },
    });
    expect(resolved.body).toMatchObject({ resolved: true, resolutionNotes: 'fixed the parser' });
    expect(resolved.body['resolvedAt']).toEqual(expect.any(String));
    expect(await list('resolved=true')).toHaveLength(1);
    const open = await api().call('PATCH', path, { json: { resolved: false } });
    expect(open.body).toMatchObject({
      resolved: false,
      resolvedAt: null,
      resolutionNotes: 'fixed the parser',
    });
    const audit = await api().db.app.withTenant(
      api().db.tenantId,
      (tx) => tx.sql`select action, detail from audit_log where subject_id = ${error?.id ?? ''} order by id`,
    );
    expect(audit).toEqual([
      { action: 'error.resolve', detail: { resolved: true } },
      { action: 'error.resolve', detail: { resolved: false } },
    ]);
  });
});

describe('errors in groups', () => {
  const path = (): string => `/executions/${site.executionId}/error-groups`;
  const groups = async (query = '') => (await api().call('GET', `${path()}?${query}`)).body;

  it('are counted by code and host, with how many are open, when, and examples', async () => {
    const { items } = await groups();
    expect(items.map(({ errorCode }) => errorCode)).toEqual(['connect_timeout', 'http_4xx', 'parser_failed']);
    expect(items[1]).toEqual({
      ...{
        errorType: 'http',
        errorCode: 'http_4xx',
        host: 'a.test',
        severity: 'warning',
        count: 1,
        unresolved: 1,
      },
      ...{ firstSeen: expect.any(String), lastSeen: expect.any(String), errorMessage: 'planted' },
      examples: ['https://a.test/missing'],
      before: expect.any(String),
    });
    for (const [query, count] of [
      ['errorType=timeout', 1],
      ['severity=critical', 1],
      ['errorCode=http_4xx', 1],
      ['host=b.test', 0],
      ['resolved=false', 3],
      ['resolved=true', 0],
    ] as const) {
      expect((await groups(query)).items, query).toHaveLength(count);
    }
  });

  it('come a part at a time', async () => {
    const first = await groups('limit=2');
    const rest = await groups(`limit=2&cursor=${encodeURIComponent(first.nextCursor ?? '')}`);
    expect([...first.items, ...rest.items].map(({ errorCode }) => errorCode)).toEqual([
      'connect_timeout',
      'http_4xx',
      'parser_failed',
    ]);
    expect(rest.nextCursor).toBeNull();
  });

  it('are resolved and opened again as one, which doing it twice does not change, and the audit log says so', async () => {
    const group = { errorType: 'http', errorCode: 'http_4xx', host: 'a.test' };
    const set = async (json: object) =>
      (await api().call('PATCH', path(), { json: { ...group, ...json } })).body;
    expect(await set({ resolved: true, before: decodeURIComponent(around(-1)) })).toEqual({ changed: 0 });
    const before = (await groups()).items[0]?.['before'];
    expect(await set({ resolved: true, resolutionNotes: 'page is back', before })).toEqual({ changed: 1 });
    expect(await set({ resolved: true, resolutionNotes: 'page is back' })).toEqual({ changed: 0 });
    expect((await groups('resolved=true')).items).toMatchObject([{ ...group, unresolved: 0 }]);
    expect(await list('resolved=true&errorCode=http_4xx&host=a.test')).toMatchObject([
      { resolutionNotes: 'page is back' },
    ]);
    expect(await set({ host: 'b.test', resolved: false })).toEqual({ changed: 0 });
    expect(await set({ host: null, resolved: false })).toEqual({ changed: 0 });
    expect(await set({ resolved: false })).toEqual({ changed: 1 });
    const audit = await api().db.app.withTenant(
      api().db.tenantId,
      (tx) =>
        tx.sql`select detail from audit_log where action = 'error_group.resolve' order by id offset 1 limit 1`,
    );
    expect(audit).toEqual([{ detail: { ...group, resolved: true, changed: 1 } }]);
  });
});
