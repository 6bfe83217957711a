import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readBadInputs } from '../testing/bad-inputs.js';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { addKey, type TestAnswer } from '../testing/start-test-api.js';

const api = oneApiPerFile({ rememberKeysMs: 200 });
const CASES = readBadInputs<{ method: string; headers: Record<string, string> }>('sessions');

function cookieOf(answer: TestAnswer): string {
  return answer.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
}

async function signIn(key?: string): Promise<string> {
  const answer = await api().call('POST', '/session', key === undefined ? {} : { key });
  expect(answer.status).toBe(201);
  return cookieOf(answer);
}

/** A call as the dashboard makes it: with the cookie alone, from a page of the same address. */
function browse(method: string, path: string, cookie: string, json?: object): Promise<TestAnswer> {
  const headers = { cookie, origin: api().origin, 'sec-fetch-site': 'same-origin' };
  return api().call(method, path, { key: null, headers, ...(json === undefined ? {} : { json }) });
}

describe('a session', () => {
  it('is opened by a key, and its cookie is out of reach of scripts and of other sites', async () => {
    const answer = await api().call('POST', '/session', { key: api().keys.operator });
    expect(answer.body).toMatchObject({ scope: 'operator', tenantId: api().db.tenantId });
    const cookie = answer.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^outrider_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
    expect(answer.text).not.toContain(cookieOf(answer).split('=')[1]);
  });

  it('behind https has a cookie that only https and this host may set', async () => {
    const headers = { 'x-forwarded-proto': 'https' };
    const answer = await api().call('POST', '/session', { headers });
    expect(answer.headers.get('set-cookie')).toMatch(/^__Host-outrider_session=.*; Secure$/);
    const read = await browse('GET', '/session', cookieOf(answer));
    expect(read.headers.get('set-cookie')).toBe(answer.headers.get('set-cookie'));
  });

  it('does what its key may do and no more, in the name of that key', async () => {
    const cookie = await signIn(api().keys.operator);
    const json = { name: 'From a browser', seeds: ['https://example.org/'] };
    const made = await browse('POST', '/campaigns', cookie, json);
    expect(made.status).toBe(201);
    expect((await browse('GET', `/campaigns/${made.body.id}`, cookie)).status).toBe(200);
    expect((await browse('GET', '/api-keys', cookie)).status).toBe(403);
    const { body } = await api().call('GET', `/audit-log?subjectId=${made.body.id}`);
    expect(body.items[0]).toMatchObject({ action: 'campaign.create', apiKeyName: 'a operator' });
  });

  it('tells who is signed in and until when, and gives the cookie anew', async () => {
    const cookie = await signIn();
    const answer = await browse('GET', '/session', cookie);
    expect(answer.body).toMatchObject({ scope: 'admin', keyName: 'a admin', expiresAt: expect.any(String) });
    const left = Date.parse(String(answer.body['expiresAt'])) - Date.now();
    expect(left).toBeGreaterThan(11.9 * 3_600_000);
    expect(cookieOf(answer)).toBe(cookie);
    expect((await api().call('GET', '/session')).body).toMatchObject({ expiresAt: null });
  });

  it('ends at once when it is closed', async () => {
    const cookie = await signIn();
    expect((await browse('GET', '/campaigns', cookie)).status).toBe(200);
    const closed = await browse('DELETE', '/session', cookie);
    expect(closed.status).toBe(204);
    expect(closed.headers.get('set-cookie')).toContain('Max-Age=0');
    expect((await browse('GET', '/campaigns', cookie)).status).toBe(401);
  });

  it('ends at once when its key is revoked', async () => {
    const made = await api().call('POST', '/api-keys', { json: { name: 'short-lived', scope: 'viewer' } });
    const cookie = await signIn(made.body.key);
    expect((await browse('GET', '/campaigns', cookie)).status).toBe(200);
    await api().call('DELETE', `/api-keys/${made.body.id}`);
    expect((await browse('GET', '/campaigns', cookie)).status).toBe(401);
  });

  it('ends with its key, and when nobody has used it for twelve hours; use moves its end on', async () => {
    const { db } = api();
    const key = await addKey(db, db.tenantId, 'viewer', new Date(Date.now() + 1_500).toISOString());
    const soon = await signIn(key);
    const unused = await signIn();
    const used = await signIn();
    const set = (cookie: string, interval: string) =>
      db.system.withSystem(
        (tx) => tx.sql`
          update dashboard_sessions set last_seen_at = now() - interval '2 hours', expires_at = now() + ${interval}::interval
          where token_hash = sha256(${cookie.split('=')[1] ?? ''}::bytea)`,
      );
    await set(unused, '-1 second');
    await set(used, '1 minute');
    expect((await browse('GET', '/campaigns', unused)).status).toBe(401);
    const { body } = await browse('GET', '/session', used);
    expect(Date.parse(String(body['expiresAt'])) - Date.now()).toBeGreaterThan(11.9 * 3_600_000);
    await expect
      .poll(async () => (await browse('GET', '/campaigns', soon)).status, { timeout: 5_000 })
      .toBe(401);
  });

  it('does not help a request whose key is wrong', async () => {
    const cookie = await signIn();
    const headers = { cookie, authorization: 'Bearer crw_live_x', origin: api().origin };
    expect((await api().call('GET', '/campaigns', { key: null, headers })).status).toBe(401);
  });

  it('cannot be guessed or made up', async () => {
    for (const value of ['', 'x', 'A'.repeat(43), "' or 1=1 --", `${'A'.repeat(43)}; outrider_session=x`]) {
      expect((await browse('GET', '/campaigns', `outrider_session=${value}`)).status).toBe(401);
    }
  });
});

describe("a session's cookie sent by another site", () => {
  let cookie = '';
  let target = '';
  beforeAll(async () => {
    cookie = await signIn();
    const json = { name: 'Target', seeds: ['https://example.org/'] };
    target = (await api().call('POST', '/campaigns', { json })).body.id;
  });
  afterAll(async () => {
    expect((await browse('GET', '/campaigns', cookie)).status).toBe(200);
  });

  it.each(CASES)('$id', async ({ input, expected }) => {
    const json = { name: 'Forged', seeds: ['https://example.org/'] };
    const { method } = input;
    const campaign = method === 'PATCH' ? `/campaigns/${target}` : '/campaigns';
    const path = method === 'DELETE' ? '/session' : campaign;
    const before = (await api().call('GET', '/campaigns?limit=1000')).text;
    const body = { POST: { json }, PATCH: { json: { name: 'Forged' } } }[method] ?? {};
    const headers = { ...input.headers, cookie };
    expect((await api().call(method, path, { key: null, headers, ...body })).body).toMatchObject(expected);
    expect((await api().call('GET', '/campaigns?limit=1000')).text).toBe(before);
  });

  it('changes nothing for a request with a key, which no browser sends by itself', async () => {
    const headers = { origin: 'https://tools.example', 'sec-fetch-site': 'cross-site' };
    expect((await api().call('GET', '/campaigns', { headers })).status).toBe(200);
  });
});

describe('a sign-in link', () => {
  const redeem = (token: string, headers: Record<string, string> = {}) =>
    api().call('POST', '/session', { key: token, headers });
  const makeLink = async (): Promise<string> =>
    String((await api().call('POST', '/session/link', { key: api().keys.operator })).body['token']);

  it('signs one browser in, once, with the scope of the key that made it', async () => {
    const token = await makeLink();
    const answer = await redeem(token);
    expect(answer.body).toMatchObject({ scope: 'operator' });
    expect((await browse('GET', '/campaigns', cookieOf(answer))).status).toBe(200);
    expect((await redeem(token)).body).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('of two browsers at once lets one in', async () => {
    const token = await makeLink();
    const answers = await Promise.all([redeem(token), redeem(token), redeem(token)]);
    expect(answers.map(({ status }) => status).sort()).toEqual([201, 401, 401]);
  });

  it('works for nothing else, not from another machine, and not after ten minutes', async () => {
    const token = await makeLink();
    expect((await api().call('GET', '/campaigns', { key: token })).status).toBe(401);
    expect((await redeem(token, { 'x-forwarded-for': '203.0.113.9' })).status).toBe(401);
    await api().db.system.withSystem((tx) => tx.sql`update sign_in_links set expires_at = now()`);
    expect((await redeem(token)).status).toBe(401);
  });

  it('is shown once, and its token is in no log', async () => {
    const headers = { 'idempotency-key': 'link-1' };
    const first = await api().call('POST', '/session/link', { headers });
    const again = await api().call('POST', '/session/link', { headers });
    expect(first.body).toMatchObject({ token: expect.any(String) });
    expect(again.body).toMatchObject({ token: null });
    expect(api().logLines.join('')).not.toContain(String(first.body['token']));
  });
});
