import { listCampaignsToRemove } from '@outrider/db';
import { newId } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import type { AnswerBody } from '../testing/start-test-api.js';

const api = oneApiPerFile();

async function createCampaign(fields: object = {}): Promise<AnswerBody> {
  const { status, body } = await api().call('POST', '/campaigns', {
    json: { name: 'Docs', seeds: ['https://example.org/'], ...fields },
  });
  expect(status).toBe(201);
  return body;
}

async function auditOf(subjectId: string): Promise<unknown[]> {
  const rows = await api().db.app.withTenant(
    api().db.tenantId,
    (tx) =>
      tx.sql<{ action: string }[]>`select action from audit_log where subject_id = ${subjectId} order by id`,
  );
  return rows.map((row) => row.action);
}

describe('creating a campaign', () => {
  it('takes a name and one seed: everything else has a default', async () => {
    const { status, headers, body } = await api().call('POST', '/campaigns', {
      json: { name: 'Docs', seeds: ['HTTPS://Example.org:443/a/../b#top'] },
    });
    expect(body).toMatchObject({
      name: 'Docs',
      status: 'active',
      configRevision: 1,
      seedCount: 1,
      config: { mode: 'spider', scope: { within: 'host', maxPages: 100_000 }, lanes: 1 },
      lastExecution: null,
    });
    expect(status).toBe(201);
    expect(headers.get('etag')).toBe('"1"');
    const seeds = await api().call('GET', `/campaigns/${body.id}/seeds`);
    expect(seeds.body.items).toMatchObject([{ url: 'https://example.org/b', source: 'manual' }]);
  });

  it('keeps seeds that are the same URL once', async () => {
    const seeds = ['https://example.org/', 'https://EXAMPLE.org', 'https://example.org/x'];
    const { id } = await createCampaign({ seeds });
    expect((await api().call('GET', `/campaigns/${id}`)).body).toMatchObject({ seedCount: 2 });
  });

  it('begins the event stream, and leaves one line in the audit log', async () => {
    const { id } = await createCampaign();
    const { body } = await api().call('GET', `/campaigns/${id}/events`);
    expect(body).toMatchObject({ lastSeq: 1, items: [{ seq: 1, eventType: 'campaign.created' }] });
    expect(await auditOf(id)).toEqual(['campaign.create']);
  });

  // A15
  it.each([
    ['emoji', '🦊 crawl 🧭'],
    ['right to left', 'زاحف ‏الويب'],
    ['zero width', 'a\u200bb\u200dc'],
    ['a formula', '=HYPERLINK("http://x")'],
    ['a script', '<script>alert(1)</script>'],
  ])('keeps a name with %s as it is', async (_what, name) => {
    const { id } = await createCampaign({ name });
    expect((await api().call('GET', `/campaigns/${id}`)).body).toMatchObject({ name });
  });

  it('stores nothing when one seed of many cannot be crawled, and names that one', async () => {
    const before = await api().call('GET', '/campaigns?limit=1000');
    const seeds = [
      'https://example.org/',
      'http://127.0.0.1/',
      'https://example.org/b',
      'ftp://example.org/',
    ];
    const { body } = await api().call('POST', '/campaigns', { json: { name: 'x', seeds } });
    expect(body).toMatchObject({
      status: 400,
      code: 'validation_failed',
      fields: [
        { path: 'seeds.1', code: 'blocked_address' },
        { path: 'seeds.3', code: 'unsupported_scheme' },
      ],
    });
    const after = await api().call('GET', '/campaigns?limit=1000');
    expect(after.body.items.length).toBe(before.body.items.length);
  });
});

describe('changing a campaign', () => {
  it('changes only what is named, and makes the next revision', async () => {
    const { id } = await createCampaign({ scope: { deny: ['/private'], maxPages: 5 }, lanes: 2 });
    const { headers, body } = await api().call('PATCH', `/campaigns/${id}`, {
      json: { scope: { maxPages: 7 }, politeness: { delayMs: 250 } },
    });
    expect(body).toMatchObject({
      configRevision: 2,
      config: {
        scope: { deny: ['/private'], maxPages: 7, maxDepth: 20 },
        politeness: { delayMs: 250 },
        lanes: 2,
      },
    });
    expect(headers.get('etag')).toBe('"2"');
    const revisions = await api().db.app.withTenant(
      api().db.tenantId,
      (tx) => tx.sql`
        select revision, (config #>> '{scope,maxPages}')::int as pages from campaign_config_revisions
        where campaign_id = ${id} order by revision`,
    );
    expect(revisions).toEqual([
      { revision: 1, pages: 5 },
      { revision: 2, pages: 7 },
    ]);
    expect(await auditOf(id)).toEqual(['campaign.create', 'campaign.update']);
  });

  it('of its name or status, or to what it is already, makes no revision', async () => {
    const { id } = await createCampaign();
    const path = `/campaigns/${id}`;
    const renamed = await api().call('PATCH', path, { json: { name: 'Other', status: 'archived' } });
    expect(renamed.body).toMatchObject({ name: 'Other', status: 'archived', configRevision: 1 });
    const same = await api().call('PATCH', path, { json: { scope: { maxPages: 100_000 } } });
    expect(same.body).toMatchObject({ configRevision: 1 });
  });

  // A10
  it.each([
    ['"1"', 412],
    ['"2"', 200],
    ['*', 200],
    ['2', 400],
    ['W/"2"', 400],
  ])('with If-Match: %s at revision 2 is %i', async (ifMatch, status) => {
    const { id } = await createCampaign();
    await api().call('PATCH', `/campaigns/${id}`, { json: { lanes: 2 } });
    const headers = { 'if-match': ifMatch };
    const answer = await api().call('PATCH', `/campaigns/${id}`, { json: { lanes: 3 }, headers });
    expect(answer.status).toBe(status);
    if (status === 412) expect(answer.body.code).toBe('revision_conflict');
  });

  it('with If-Match, of twenty editors at once one wins', async () => {
    const { id } = await createCampaign();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, editor) =>
        api().call('PATCH', `/campaigns/${id}`, {
          json: { politeness: { delayMs: editor + 1 } },
          headers: { 'if-match': '"1"' },
        }),
      ),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(19).fill(412)]);
  });

  it('to nothing, or to no known field, is refused', async () => {
    const { id } = await createCampaign();
    for (const json of [{}, { scope: { maxpages: 1 } }, { seeds: [] }]) {
      expect((await api().call('PATCH', `/campaigns/${id}`, { json })).status).toBe(400);
    }
  });
});

describe('deleting a campaign', () => {
  it('takes it out of sight everywhere, from where it comes back as it was', async () => {
    const { id } = await createCampaign({ name: 'Missed' });
    const json = { name: 'x', cron: '@daily' };
    await api().call('POST', `/campaigns/${id}/schedules`, { json });
    expect((await api().call('DELETE', `/campaigns/${id}`)).status).toBe(204);
    for (const path of [``, '/seeds', '/schedules', '/executions', '/events', '/revisions']) {
      expect((await api().call('GET', `/campaigns/${id}${path}`)).status).toBe(404);
    }
    for (const order of ['start', 'plan', 'schedules']) {
      const body = { start: {}, plan: { urls: ['https://example.org/'] }, schedules: json }[order];
      expect((await api().call('POST', `/campaigns/${id}/${order}`, { json: body ?? {} })).status).toBe(404);
    }
    expect((await api().call('GET', '/campaigns?nameContains=missed')).body.items).toEqual([]);
    const [deleted] = (await api().call('GET', '/deleted-campaigns')).body.items;
    expect(deleted).toMatchObject({ id, name: 'Missed', executionsTotal: 0 });
    const hours =
      (Date.parse(String(deleted?.['restorableUntil'])) - Date.parse(String(deleted?.['deletedAt']))) /
      3_600_000;
    expect(hours).toBe(24);

    const restored = await api().call('POST', `/campaigns/${id}/restore`);
    expect([restored.status, restored.body]).toMatchObject([200, { id, name: 'Missed', seedCount: 1 }]);
    expect((await api().call('GET', `/campaigns/${id}/schedules`)).body.items).toHaveLength(1);
    expect((await api().call('GET', '/deleted-campaigns')).body.items).toEqual([]);
    expect((await api().call('POST', `/campaigns/${id}/restore`)).status).toBe(200);
    const { body } = await api().call('GET', `/campaigns/${id}/events`);
    expect(body.items.map(({ eventType }) => eventType)).toEqual([
      ...['campaign.created', 'schedule.created', 'campaign.deleted', 'campaign.restored'],
    ]);
    expect(await auditOf(id)).toEqual([
      ...['campaign.create', 'campaign.delete', 'campaign.restore', 'campaign.restore'],
    ]);
  });

  it.each([
    ['at once', false],
    ['after it was deleted', true],
  ])(
    'for good %s gives it to be removed with all its rows, and leaves a line in the audit log',
    async (_, isDeleted) => {
      const { id } = await createCampaign();
      if (isDeleted) await api().call('DELETE', `/campaigns/${id}`);
      const { status, text } = await api().call('DELETE', `/campaigns/${id}?forGood=true`);
      expect([status, text]).toEqual([204, '']);
      expect((await api().call('POST', `/campaigns/${id}/restore`)).status).toBe(404);
      expect((await api().call('GET', `/campaigns/${id}`)).status).toBe(404);
      expect((await api().call('DELETE', `/campaigns/${id}?forGood=true`)).status).toBe(404);
      expect((await api().call('GET', '/deleted-campaigns')).body.items).toEqual([]);
      const waiting = await api().db.system.withSystem((tx) => listCampaignsToRemove(tx));
      expect(waiting).toContain(id);
      const deletions = isDeleted ? ['campaign.delete', 'campaign.delete'] : ['campaign.delete'];
      expect(await auditOf(id)).toEqual(['campaign.create', ...deletions]);
    },
  );

  it('leaves its executions readable by their own id, and takes no orders for them', async () => {
    const { id } = await createCampaign();
    const { body } = await api().call('POST', `/campaigns/${id}/start`);
    await api().call('POST', `/campaigns/${id}/stop`);
    await api().call('DELETE', `/campaigns/${id}`);
    const path = `/executions/${body.execution.id}`;
    expect((await api().call('GET', path)).status).toBe(200);
    expect((await api().call('POST', `${path}/repeat`, { json: {} })).status).toBe(404);
    expect((await api().call('POST', `${path}/resume`)).status).toBe(409);
  });

  it('is refused while an execution has not ended', async () => {
    const { id } = await createCampaign();
    await api().call('POST', `/campaigns/${id}/start`);
    expect((await api().call('DELETE', `/campaigns/${id}`)).body).toMatchObject({
      status: 409,
      code: 'campaign_busy',
    });
    await api().call('POST', `/campaigns/${id}/stop`);
    expect((await api().call('DELETE', `/campaigns/${id}`)).status).toBe(204);
  });
});

describe('listing campaigns', () => {
  it('filters by status and by a part of the name, whatever its case', async () => {
    const mark = newId();
    const { id } = await createCampaign({ name: `Findable ${mark}` });
    await createCampaign({ name: 'Another' });
    const query = `nameContains=${encodeURIComponent(`FINDABLE ${mark}`)}`;
    const found = await api().call('GET', `/campaigns?${query}`);
    expect(found.body.items.map((campaign) => campaign.id)).toEqual([id]);
    expect((await api().call('GET', `/campaigns?${query}&status=archived`)).body.items).toEqual([]);
    await api().call('PATCH', `/campaigns/${id}`, { json: { status: 'archived' } });
    expect((await api().call('GET', `/campaigns?${query}&status=archived`)).body.items).toHaveLength(1);
  });

  it('tells what each did lately when it is asked for, and nothing of it otherwise', async () => {
    const mark = newId();
    const { id } = await createCampaign({ name: mark });
    await api().call('POST', `/campaigns/${id}/start`);
    const asked = await api().call('GET', `/campaigns?nameContains=${mark}&include=activity`);
    expect(asked.body.items).toMatchObject([
      { id, activity: { nextTickAt: null, executions: [{ number: 1, status: 'queued' }] } },
    ]);
    const plain = await api().call('GET', `/campaigns?nameContains=${mark}`);
    expect(plain.body.items).toMatchObject([{ id, activity: null }]);
  });
});
