import { crc32 } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { readBadInputs } from '../testing/bad-inputs.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { addKey } from '../testing/start-test-api.js';
import { makeKey } from './key-format.js';

interface KeyInput {
  /** `{name}` stands for a key of that name. */
  readonly authorization: string | null;
  readonly query?: string;
  readonly method?: string;
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly replace?: readonly [string, string];
  readonly environment?: string;
  readonly upperCase?: boolean;
  readonly flipLast?: boolean;
  readonly otherSecret?: boolean;
}

const api = oneApiPerFile({ rememberKeysMs: 200 });
const CASES = readBadInputs<KeyInput>('keys');
const names: Record<string, string> = {};

beforeAll(async () => {
  const { keys, db } = api();
  const json = { name: 'Target', seeds: ['https://example.org/'] };
  const campaign = (await api().call('POST', '/campaigns', { json })).body.id;
  const made = await api().call('POST', '/api-keys', { json: { name: 'to be revoked', scope: 'admin' } });
  await api().call('DELETE', `/api-keys/${made.body.id}`);
  const expired = await addKey(db, db.tenantId, 'admin', new Date(Date.now() - 60_000).toISOString());
  Object.assign(names, keys, { key: keys.admin, unknown: makeKey().text, revoked: made.body.key, expired });
  Object.assign(names, { tenant: db.tenantId, campaign });
});

function fill(text: string): string {
  return text.replace(/\{([a-z]+)\}/g, (_all, name: string) => names[name] ?? '');
}

/** The same key with its checksum made right again, so that only the database can tell. */
function resigned(key: string, change: (body: string) => string): string {
  const body = change(key.slice(0, -9));
  return `${body}_${crc32(body).toString(16).padStart(8, '0')}`;
}

function authorizationOf(input: KeyInput): string | null {
  if (input.authorization === null) return null;
  let value = fill(input.authorization);
  const change = (how: (key: string) => string): void => {
    value = `Bearer ${how(value.slice('Bearer '.length))}`;
  };
  const { replace, environment } = input;
  if (replace !== undefined) change((key) => key.replace(replace[0], replace[1]));
  if (input.upperCase === true) change((key) => key.toUpperCase());
  if (input.flipLast === true) change((key) => key.slice(0, -1) + (key.endsWith('0') ? '1' : '0'));
  if (environment !== undefined) change((key) => resigned(key, (body) => body.replace('live', environment)));
  if (input.otherSecret === true)
    change((key) => resigned(key, (body) => body.slice(0, -4) + (body.endsWith('0000') ? '1111' : '0000')));
  return value;
}

describe('bad keys', () => {
  it.each(CASES)('$id', async ({ input, expected }) => {
    const authorization = authorizationOf(input);
    const query = input.query === undefined ? '' : `?${fill(input.query)}`;
    const headers = Object.entries(input.headers ?? {}).map(([name, value]) => [name, fill(value)]);
    const { body } = await api().call(input.method ?? 'GET', `${fill(input.path ?? '/campaigns')}${query}`, {
      key: null,
      headers: { ...Object.fromEntries(headers), ...(authorization === null ? {} : { authorization }) },
    });
    expect(body).toMatchObject(expected);
  });

  it('are answered in the same words, whatever is wrong with them', async () => {
    const texts = await Promise.all(
      [names['unknown'], names['revoked'], names['expired'], 'crw_live_x'].map(async (key) => {
        const { requestId: _, ...body } = (await api().call('GET', '/campaigns', { key: key ?? '' })).body;
        return JSON.stringify(body);
      }),
    );
    expect(new Set(texts).size).toBe(1);
  });

  it('are refused in the query, in any parameter, where text that only begins like one is not', async () => {
    const { keys } = api();
    const statusOf = async (query: string) => (await api().call('GET', `/campaigns?${query}`)).status;
    expect(await statusOf(`cursor=${keys.admin}`)).toBe(401);
    expect(await statusOf(`cursor=Bearer+${keys.admin}`)).toBe(401);
    expect(await statusOf('nameContains=crw_')).toBe(200);
  });

  it('are never logged, wherever they were sent', async () => {
    const { keys } = api();
    await api().call('GET', `/campaigns?key=${keys.admin}`);
    await api().call('GET', `/campaigns/${keys.admin}`);
    const log = api().logLines.join('');
    expect(log).toContain('/api/crawler/campaigns');
    for (const key of Object.values(keys)) expect(log).not.toContain(key);
    expect(log).not.toContain('?');
  });
});

describe('keys', () => {
  it('are shown once, are listed without their secret, work, and stop at once when they are revoked', async () => {
    const { body } = await api().call('POST', '/api-keys', { json: { name: 'ci', scope: 'viewer' } });
    expect(body).toMatchObject({
      name: 'ci',
      scope: 'viewer',
      lastFour: body.key.slice(-4),
      revokedAt: null,
    });
    expect(body.key.startsWith(String(body['prefix']))).toBe(true);
    expect((await api().call('GET', '/campaigns', { key: body.key })).status).toBe(200);
    const listed = await api().call('GET', '/api-keys');
    expect(listed.text).not.toContain(body.key);
    expect(listed.body.items.find(({ id }) => id === body.id)).toMatchObject({
      lastUsedAt: expect.any(String),
    });
    expect((await api().call('DELETE', `/api-keys/${body.id}`)).status).toBe(204);
    expect((await api().call('GET', '/campaigns', { key: body.key })).status).toBe(401);
    const stored = await api().db.system.withSystem(
      (tx) => tx.sql`select * from api_keys where id = ${body.id}`,
    );
    expect(JSON.stringify(stored)).not.toContain(body.key.split('_')[3]);
  });

  it('revoked elsewhere stop when what is remembered of them has run out', async () => {
    const { db } = api();
    const key = await addKey(db, db.tenantId, 'viewer');
    expect((await api().call('GET', '/campaigns', { key })).status).toBe(200);
    await db.system.withSystem(
      (tx) => tx.sql`update api_keys set revoked_at = now() where public_id = ${key.split('_')[2] ?? ''}`,
    );
    await expect
      .poll(async () => (await api().call('GET', '/campaigns', { key })).status, { timeout: 5_000 })
      .toBe(401);
  });

  it('that expire stop at that moment, though they are remembered', async () => {
    const { db } = api();
    const key = await addKey(db, db.tenantId, 'viewer', new Date(Date.now() + 1_500).toISOString());
    expect((await api().call('GET', '/campaigns', { key })).status).toBe(200);
    await expect
      .poll(async () => (await api().call('GET', '/campaigns', { key })).status, { timeout: 5_000 })
      .toBe(401);
  });

  // K05
  it('the last admin key of a tenant cannot be revoked, also by two requests at once', async () => {
    const { keys, db, foreignTenantId } = api();
    await addKey(db, foreignTenantId, 'admin');
    const listed = await api().call('GET', '/api-keys', { key: keys.foreign });
    const ids = listed.body.items.map(({ id }) => id);
    expect(ids).toHaveLength(2);
    const answers = await Promise.all(
      ids.map((id) => api().call('DELETE', `/api-keys/${id}`, { key: keys.foreign })),
    );
    expect(answers.map(({ status }) => status).sort()).toEqual([204, 409]);
    expect(answers.find(({ status }) => status === 409)?.body.code).toBe('last_admin_key');
  });

  it('are refused with an expiry in the past', async () => {
    const json = { name: 'x', scope: 'viewer', expiresAt: '2020-01-01T00:00:00Z' };
    expect((await api().call('POST', '/api-keys', { json })).body).toMatchObject({
      status: 400,
      fields: [{ path: 'expiresAt' }],
    });
  });

  it('an operator key of any form works only where it is set', async () => {
    const key = 'f0e1d2c3b4a5968778695a4b3c2d1e0f';
    expect((await api().call('GET', '/campaigns', { key })).status).toBe(401);
  });
});
