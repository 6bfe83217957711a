import { newId } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';

const api = oneApiPerFile();

const campaign = (name: string) => ({ name, seeds: ['https://example.org/'] });

async function countNamed(name: string): Promise<number> {
  return (await api().call('GET', `/campaigns?nameContains=${name}`)).body.items.length;
}

describe('an Idempotency-Key', () => {
  it('gives the first answer again, and says so', async () => {
    const name = newId();
    const headers = { 'idempotency-key': newId() };
    const first = await api().call('POST', '/campaigns', { json: campaign(name), headers });
    const second = await api().call('POST', '/campaigns', { json: campaign(name), headers });
    expect(first.status).toBe(201);
    expect(first.headers.get('idempotent-replayed')).toBeNull();
    expect(second.status).toBe(201);
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body).toEqual(first.body);
    expect(await countNamed(name)).toBe(1);
  });

  // A09
  it('with another body, or on another path, is 409', async () => {
    const headers = { 'idempotency-key': newId() };
    const { body } = await api().call('POST', '/campaigns', { json: campaign('one'), headers });
    const other = await api().call('POST', '/campaigns', { json: campaign('two'), headers });
    expect(other.body).toMatchObject({ status: 409, code: 'idempotency_conflict' });
    const elsewhere = await api().call('POST', `/campaigns/${body.id}/start`, { headers });
    expect(elsewhere.body).toMatchObject({ status: 409, code: 'idempotency_conflict' });
  });

  it('fifty times at once has one effect, and fifty equal answers', async () => {
    const name = newId();
    const headers = { 'idempotency-key': newId() };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api().call('POST', '/campaigns', { json: campaign(name), headers })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
    expect(await countNamed(name)).toBe(1);
  });

  it('starts a campaign once, fifty times at once', async () => {
    const { body } = await api().call('POST', '/campaigns', { json: campaign('start') });
    const headers = { 'idempotency-key': newId() };
    const answers = await Promise.all(
      Array.from({ length: 50 }, () => api().call('POST', `/campaigns/${body.id}/start`, { headers })),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([202]));
    expect(new Set(answers.map((answer) => answer.body.execution.id)).size).toBe(1);
    const again = await api().call('POST', `/campaigns/${body.id}/stop`, {
      headers: { 'idempotency-key': newId() },
    });
    expect(again.body.execution).toMatchObject({ status: 'stopped' });
    // The repeated start still tells of the execution it started, and starts no other.
    const late = await api().call('POST', `/campaigns/${body.id}/start`, { headers });
    expect(late.headers.get('idempotent-replayed')).toBe('true');
    expect(late.body).toEqual(answers[0]?.body);
    const runs = await api().call('GET', `/campaigns/${body.id}/executions`);
    expect(runs.body.items).toHaveLength(1);
  });

  it('holds for changes too: one whose answer was lost is no conflict with itself', async () => {
    const { body } = await api().call('POST', '/campaigns', { json: campaign('to change') });
    const path = `/campaigns/${body.id}`;
    const change = (maxPages: number) => ({
      json: { scope: { maxPages } },
      headers: { 'idempotency-key': `change-${maxPages}-${body.id}`, 'if-match': '"1"' },
    });
    const first = await api().call('PATCH', path, change(7));
    const again = await api().call('PATCH', path, change(7));
    expect([first.status, again.status]).toEqual([200, 200]);
    expect(again.headers.get('idempotent-replayed')).toBe('true');
    expect(again.body).toEqual(first.body);
    expect((await api().call('PATCH', path, change(8))).body.code).toBe('revision_conflict');
  });

  it('of a request that was refused is free again', async () => {
    const { body } = await api().call('POST', '/campaigns', { json: campaign('refused') });
    const path = `/campaigns/${body.id}`;
    await api().call('DELETE', `${path}/seeds`, { json: { seeds: ['https://example.org/'] } });
    const headers = { 'idempotency-key': newId() };
    expect((await api().call('POST', `${path}/start`, { headers })).body.code).toBe('no_seeds');
    await api().call('POST', `${path}/seeds`, { json: { seeds: ['https://example.org/'] } });
    expect((await api().call('POST', `${path}/start`, { headers })).status).toBe(202);
  });

  it('belongs to its tenant', async () => {
    const headers = { 'idempotency-key': newId() };
    const own = await api().call('POST', '/campaigns', { json: campaign('own'), headers });
    const theirs = await api().call('POST', '/campaigns', {
      json: campaign('own'),
      headers,
      key: api().keys.foreign,
    });
    expect(theirs.status).toBe(201);
    expect(theirs.body.id).not.toBe(own.body.id);
  });

  it('never makes the platform keep an API key', async () => {
    const headers = { 'idempotency-key': newId() };
    const json = { name: 'ci', scope: 'viewer' };
    const first = await api().call('POST', '/api-keys', { json, headers });
    const second = await api().call('POST', '/api-keys', { json, headers });
    expect(second.body).toMatchObject({ id: first.body.id, key: null });
    const kept = await api().db.system.withSystem((tx) => tx.sql`select response_body from idempotency_keys`);
    expect(JSON.stringify(kept)).not.toContain(first.body.key);
  });

  it('that another request holds for long is 409, with when to try again', async () => {
    const key = newId();
    const { db } = api();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    let isInserted = (): void => undefined;
    const inserted = new Promise<void>((resolve) => {
      isInserted = resolve;
    });
    const holder = db.app.withTenant(db.tenantId, async (tx) => {
      await tx.sql`insert into idempotency_keys (tenant_id, key, request_hash) values (${db.tenantId}, ${key}, '\\x00')`;
      isInserted();
      await held;
    });
    await inserted;
    const answer = await api().call('POST', '/campaigns', {
      json: campaign('late'),
      headers: { 'idempotency-key': key },
    });
    release();
    await holder;
    expect(answer.body).toMatchObject({ status: 409, code: 'idempotency_in_progress' });
    expect(answer.headers.get('retry-after')).toBe('1');
  });
});
