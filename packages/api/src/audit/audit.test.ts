import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { summarizeChange } from './summarize-change.js';

const api = oneApiPerFile();
let campaignId: string;

beforeAll(async () => {
  const made = await api().call('POST', '/campaigns', {
    key: api().keys.operator,
    json: { name: 'watched', seeds: ['https://example.org/'] },
    headers: { 'user-agent': 'a-client/1.0', 'x-request-id': 'request-1' },
  });
  campaignId = made.body.id;
});

async function log(query = '', key = api().keys.admin) {
  const { status, body } = await api().call('GET', `/audit-log?${query}`, { key });
  expect(status).toBe(200);
  return body.items;
}

describe('the audit log', () => {
  it('says who made what, on which campaign, from where', async () => {
    const [entry] = await log('action=campaign.create');
    expect(entry).toMatchObject({
      action: 'campaign.create',
      apiKeyName: 'a operator',
      subjectType: 'campaign',
      subjectId: campaignId,
      campaignId,
      executionId: null,
      remoteAddress: '127.0.0.1',
      userAgent: 'a-client/1.0',
      requestId: 'request-1',
      before: null,
      after: { name: 'watched', seeds: 1, mode: 'spider', renderer: 'http' },
    });
  });

  it('says what a change changed, and only that', async () => {
    await api().call('PATCH', `/campaigns/${campaignId}`, {
      json: { name: 'renamed', scope: { maxPages: 7 } },
    });
    const [entry] = await log('action=campaign.update');
    expect(entry).toMatchObject({
      before: { name: 'watched', 'scope.maxPages': 100_000 },
      after: { name: 'renamed', 'scope.maxPages': 7 },
    });
    expect(Object.keys(entry?.['after'] as object)).toHaveLength(2);
  });

  it('has one entry for a start, and none for what was refused or only read', async () => {
    const count = async () => (await log(`campaignId=${campaignId}`)).length;
    const before = await count();
    const started = await api().call('POST', `/campaigns/${campaignId}/start`);
    expect((await api().call('POST', `/campaigns/${campaignId}/start`)).status).toBe(409);
    await api().call('GET', `/campaigns/${campaignId}`);
    expect(await count()).toBe(before + 1);
    const executionId = started.body.execution.id;
    expect(await log(`executionId=${executionId}`)).toMatchObject([
      { action: 'execution.start', campaignId },
    ]);
    await api().call('POST', `/executions/${executionId}/stop`);
    expect(await log(`executionId=${executionId}`)).toMatchObject([
      { action: 'execution.stop', after: { status: 'stopped' } },
      { action: 'execution.start' },
    ]);
  });

  it('is for admins, and each tenant sees its own', async () => {
    for (const key of [api().keys.viewer, api().keys.operator]) {
      expect((await api().call('GET', '/audit-log', { key })).status).toBe(403);
    }
    expect(await log('', api().keys.foreign)).toEqual([]);
  });

  it('is read page by page, newest first', async () => {
    const all = await log();
    const first = await api().call('GET', '/audit-log?limit=2');
    const rest = await api().call('GET', `/audit-log?limit=2&cursor=${first.body.nextCursor}`);
    expect([...first.body.items, ...rest.body.items].map(({ id }) => id)).toEqual(
      all.slice(0, 4).map(({ id }) => id),
    );
    const later = encodeURIComponent(new Date(Date.now() + 3_600_000).toISOString());
    expect(await log(`since=${later}`)).toEqual([]);
    expect(await log(`until=${later}&subjectType=campaign&subjectId=${campaignId}`)).not.toEqual([]);
  });
});

it('a long list in a change is told by its size', () => {
  const change = summarizeChange({ a: 1, b: [] }, { a: 1, b: Array(1_000).fill('x') });
  expect(change).toEqual({ before: { b: [] }, after: { b: '1000 entries' } });
});
