import { gzipSync } from 'node:zlib';
import { newId } from '@outrider/shared';
import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import type { CallOptions } from '../testing/start-test-api.js';

const api = oneApiPerFile();
const TEXT = { 'content-type': 'text/plain' };
const CSV = { 'content-type': 'text/csv; charset=utf-8' };

async function campaignWith(fields: object = {}): Promise<string> {
  const json = { name: 'Seeds', seeds: ['https://example.org/'], ...fields };
  return (await api().call('POST', '/campaigns', { json })).body.id;
}

async function add(campaignId: string, options: CallOptions) {
  const { status, body } = await api().call('POST', `/campaigns/${campaignId}/seeds`, options);
  expect(body).toMatchObject({ accepted: expect.any(Number) });
  expect(status).toBe(200);
  return body;
}

async function seedsOf(campaignId: string): Promise<unknown[]> {
  const { body } = await api().call('GET', `/campaigns/${campaignId}/seeds?limit=1000`);
  return body.items.map((seed) => seed['url']);
}

describe('adding seeds', () => {
  it('as JSON counts what is new, known and wrong, and says what is wrong with it', async () => {
    const id = await campaignWith({ scope: { deny: ['/private'] } });
    const seeds = [
      'https://example.org/a',
      'https://EXAMPLE.org/a#x',
      'https://example.org/',
      'ftp://example.org/',
      'https://example.org/private/x',
      '',
    ];
    expect(await add(id, { json: { seeds } })).toEqual({
      accepted: 1,
      duplicate: 2,
      invalid: 3,
      problems: [
        { index: 3, input: 'ftp://example.org/', code: 'unsupported_scheme', message: expect.any(String) },
        {
          index: 4,
          input: 'https://example.org/private/x',
          code: 'seed_out_of_scope',
          message: expect.stringContaining('/private'),
        },
        { index: 5, input: '', code: 'invalid_url', message: expect.any(String) },
      ],
    });
    expect(await seedsOf(id)).toEqual(['https://example.org/', 'https://example.org/a']);
  });

  it('as text takes one URL a line, whatever the ends of lines', async () => {
    const id = await campaignWith();
    const body = 'https://example.org/1\r\n\n  https://example.org/2  \rhttps://example.org/3\nnot a url';
    expect(await add(id, { body, headers: TEXT })).toMatchObject({ accepted: 3, duplicate: 0, invalid: 1 });
    const { body: list } = await api().call('GET', `/campaigns/${id}/seeds?urlContains=/2`);
    expect(list.items).toMatchObject([{ url: 'https://example.org/2', source: 'import' }]);
  });

  it('as CSV takes the column named url', async () => {
    const id = await campaignWith();
    const body = '\ufefftitle,"URL",note\r\n"a, b",https://example.org/1,x\r\nc,"https://example.org/2",\r\n';
    expect(await add(id, { body, headers: CSV })).toMatchObject({ accepted: 2, duplicate: 0, invalid: 0 });
  });

  it('as CSV without such a column takes the first, and the first row too', async () => {
    const id = await campaignWith();
    const body = 'https://example.org/1,one\nhttps://example.org/2,two\n';
    expect(await add(id, { body, headers: CSV })).toMatchObject({ accepted: 2, invalid: 0 });
  });

  it('as gzip is the same', async () => {
    const id = await campaignWith();
    const body = gzipSync('https://example.org/1\nhttps://example.org/2\n');
    const headers = { ...TEXT, 'content-encoding': 'gzip' };
    expect(await add(id, { body, headers })).toMatchObject({ accepted: 2 });
  });

  it('shows input that PostgreSQL could not store as it can, also when the answer is kept', async () => {
    const id = await campaignWith();
    const headers = { ...TEXT, 'idempotency-key': newId() };
    const { problems } = await add(id, { body: 'nothing\0here\n', headers });
    expect(problems).toMatchObject([{ input: 'nothing\ufffdhere', code: 'invalid_url' }]);
  });

  it('refuses CSV that is none', async () => {
    const id = await campaignWith();
    const answer = await api().call('POST', `/campaigns/${id}/seeds`, {
      body: `"${'x'.repeat(200_000)}`,
      headers: CSV,
    });
    expect(answer.body).toMatchObject({ status: 400, code: 'bad_request' });
  });

  // U24
  it.each([
    { kind: 'text', headers: TEXT, head: '' },
    { kind: 'CSV', headers: CSV, head: 'url\n' },
  ])('in 100,000 lines of $kind, 30 % of them twice, counts exactly', async ({ headers, head }) => {
    const id = await campaignWith();
    const lines = Array.from({ length: 100_000 }, (_, index) =>
      index % 10 < 7 ? `https://example.org/p/${index}` : `https://example.org/p/${index - (index % 10)}`,
    );
    lines[99_990] = 'javascript:alert(1)';
    const counts = await add(id, { body: head + lines.join('\n'), headers });
    // Line 99,990 is lost as a page of its own, and as the one its three copies meant: they are one new page.
    expect(counts).toMatchObject({ accepted: 70_000, duplicate: 29_999, invalid: 1 });
    const { body } = await api().call('GET', `/campaigns/${id}`);
    expect(body).toMatchObject({ seedCount: 70_001 });
  });

  it('of more than 100,000 lines, or 32 MB, is refused, and adds none', async () => {
    const id = await campaignWith();
    const path = `/campaigns/${id}/seeds`;
    const tooMany = Array.from({ length: 100_001 }, (_, index) => `https://example.org/${index}`).join('\n');
    expect((await api().call('POST', path, { body: tooMany, headers: TEXT })).body).toMatchObject({
      status: 422,
      code: 'limit_exceeded',
    });
    const tooLarge = `${'x'.repeat(1_000_000)}\n`.repeat(34);
    expect((await api().call('POST', path, { body: tooLarge, headers: TEXT })).body).toMatchObject({
      status: 413,
      code: 'payload_too_large',
    });
    expect(await seedsOf(id)).toEqual(['https://example.org/']);
  });
});

describe('removing seeds', () => {
  it('takes any spelling, and counts those that were there', async () => {
    const id = await campaignWith({ seeds: ['https://example.org/', 'https://example.org/a'] });
    const seeds = ['HTTPS://EXAMPLE.ORG/a#x', 'https://example.org/none', 'not a url'];
    const { body } = await api().call('DELETE', `/campaigns/${id}/seeds`, { json: { seeds } });
    expect(body).toEqual({ removed: 1 });
    expect(await seedsOf(id)).toEqual(['https://example.org/']);
  });
});

describe('with private networks allowed', () => {
  const open = oneApiPerFile({ allowPrivateNetworks: true });

  it('loopback and any port are seeds, and metadata services still are not', async () => {
    const seeds = ['http://127.0.0.1:8080/', 'http://localhost:3000/', 'http://[::1]:81/'];
    expect((await open().call('POST', '/campaigns', { json: { name: 'x', seeds } })).status).toBe(201);
    const metadata = { name: 'x', seeds: ['http://169.254.169.254/'] };
    expect((await open().call('POST', '/campaigns', { json: metadata })).body.code).toBe('blocked_address');
  });
});
