import { newId } from '@outrider/shared';
import { beforeAll, describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { type PlantedSite, plantSite } from '../testing/plant-site.js';
import { createCursorCodec } from './cursor-codec.js';

describe('the cursor codec', () => {
  const binding = { tenantId: 'a', route: 'listPages', filters: { status: '404', host: undefined } };
  const codec = createCursorCodec(Buffer.from('secret'));

  it('gives a place back, whatever the order of the filters', () => {
    const cursor = codec.encode(['x', 1.5], { ...binding, filters: { b: 1, a: 2 } });
    expect(codec.decode(cursor, { ...binding, filters: { a: 2, b: 1 } })).toEqual(['x', 1.5]);
  });

  it.each([
    ['another tenant', { ...binding, tenantId: 'b' }],
    ['another route', { ...binding, route: 'listErrors' }],
    ['another filter', { ...binding, filters: { status: '500' } }],
    ['no filter', { ...binding, filters: {} }],
  ])('refuses one of %s', (_what, other) => {
    const cursor = codec.encode(['x'], binding);
    expect(() => codec.decode(cursor, other)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
  });

  it('refuses one with any character changed', () => {
    const cursor = codec.encode(['x'], binding);
    for (let at = 0; at < cursor.length - 1; at += 1) {
      const changed = cursor.slice(0, at) + (cursor[at] === 'A' ? 'B' : 'A') + cursor.slice(at + 1);
      expect(() => codec.decode(changed, binding)).toThrow(
        expect.objectContaining({ code: 'invalid_cursor' }),
      );
    }
  });

  it('refuses one of another secret, and one that is more than a day old', () => {
    const foreign = createCursorCodec(Buffer.from('other')).encode(['x'], binding);
    expect(() => codec.decode(foreign, binding)).toThrow(expect.objectContaining({ code: 'invalid_cursor' }));
    const old = createCursorCodec(Buffer.from('secret'), () => Date.now() - 25 * 3_600_000).encode(
      ['x'],
      binding,
    );
    expect(() => codec.decode(old, binding)).toThrow('more than a day old');
  });
});

describe('cursors of the API', () => {
  const api = oneApiPerFile();
  let site: PlantedSite;
  beforeAll(async () => {
    site = await plantSite(api());
  });

  it('walk a list of 500 rows, meeting each once, while others are inserted', async () => {
    const { campaignId } = site;
    const seeds = Array.from({ length: 500 }, (_, index) => `https://example.org/${index}`);
    const path = `/campaigns/${campaignId}/errors`;
    const insert = (count: number) =>
      api().db.app.withTenant(
        api().db.tenantId,
        (tx) => tx.sql`
          insert into campaign_errors (id, tenant_id, campaign_id, execution_id, error_type, severity, error_code, error_message, url)
          select id, ${api().db.tenantId}, ${campaignId}, ${site.executionId}, 'http', 'info', 'walked', 'x', 'x'
          from unnest(${Array.from({ length: count }, () => newId())}::uuid[]) as id`,
      );
    await insert(seeds.length);
    const all = (await api().call('GET', `${path}?limit=1000&errorCode=walked`)).body.items.map(
      ({ id }) => id,
    );
    const seen: string[] = [];
    for (let cursor: string | null = ''; cursor !== null; ) {
      const next: string = cursor === '' ? '' : `&cursor=${cursor}`;
      const { body } = await api().call('GET', `${path}?limit=37&errorCode=walked${next}`);
      seen.push(...body.items.map(({ id }) => id));
      cursor = body.nextCursor;
      await insert(5);
    }
    expect(seen).toEqual(all);
    expect(all).toHaveLength(500);
  });

  // A08
  it('are good for their own list, filters and tenant alone', async () => {
    const path = `/executions/${site.executionId}/pages`;
    const { body } = await api().call('GET', `${path}?limit=2&status=3xx`);
    const cursor = `cursor=${body.nextCursor}`;
    expect((await api().call('GET', `${path}?limit=1&status=3xx&${cursor}`)).status).toBe(200);
    for (const query of [`${cursor}`, `status=2xx&${cursor}`, `status=3xx&sort=slowest&${cursor}`]) {
      expect((await api().call('GET', `${path}?${query}`)).body).toMatchObject({
        status: 400,
        code: 'invalid_cursor',
      });
    }
    const other = await plantSite(api(), api().keys.foreign, api().foreignTenantId);
    const foreign = await api().call('GET', `/executions/${other.executionId}/pages?status=3xx&${cursor}`, {
      key: api().keys.foreign,
    });
    expect(foreign.body).toMatchObject({ status: 400, code: 'invalid_cursor' });
    const list = await api().call('GET', '/campaigns?limit=1');
    await api().call('POST', '/campaigns', { json: { name: 'x', seeds: ['https://example.org/'] } });
    const one = await api().call('GET', '/campaigns?limit=1');
    expect(list.body.nextCursor).toBeNull();
    expect((await api().call('GET', `/campaigns?cursor=${one.body.nextCursor}`)).status).toBe(200);
    const theirs = await api().call('GET', `/campaigns?cursor=${one.body.nextCursor}`, {
      key: api().keys.foreign,
    });
    expect(theirs.body).toMatchObject({ status: 400, code: 'invalid_cursor' });
  });
});
