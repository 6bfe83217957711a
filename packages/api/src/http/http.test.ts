import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { oneApiPerFile } from '../testing/one-api-per-file.js';
import { startServer } from './start-server.js';

const api = oneApiPerFile({ requestTimeoutMs: 1_500, requestsPerMinute: 60 });

/** Sends raw bytes, with pauses, and returns all that comes back until the connection closes. */
async function raw(pieces: readonly string[], pauseMs = 0): Promise<string> {
  const socket = connect(Number(new URL(api().origin).port), '127.0.0.1');
  socket.on('error', () => undefined);
  let answer = '';
  socket.on('data', (chunk: Buffer) => {
    answer += chunk.toString();
  });
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  for (const piece of pieces) {
    if (socket.destroyed) break;
    socket.write(piece);
    if (pauseMs > 0) await sleep(pauseMs);
  }
  await closed;
  return answer;
}

const head = (): string =>
  `POST /api/crawler/campaigns HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api().keys.admin}\r\nContent-Type: application/json\r\n`;

describe('the server', () => {
  it('says which setting to change when its port is taken', async () => {
    const port = Number(new URL(api().origin).port);
    await expect(startServer(() => undefined, { host: '127.0.0.1', port })).rejects.toMatchObject({
      code: 'invalid_settings',
      message: expect.stringContaining('set PORT to another one'),
    });
  });

  // A01, A19
  it('gives up on a body that never ends with 408', async () => {
    const answer = await raw([`${head()}Transfer-Encoding: chunked\r\n\r\n`, '5\r\n{"nam\r\n']);
    expect(answer).toMatch(/^HTTP\/1\.1 408 /);
    expect(answer).toContain('"code":"request_timeout"');
  });

  it('gives up on a request that drips in, and answers others meanwhile', async () => {
    const slow = raw([...head()].slice(0, 60), 50);
    await sleep(300);
    expect((await api().call('GET', '/campaigns')).status).toBe(200);
    expect(await slow).toMatch(/^HTTP\/1\.1 408 /);
  });

  it('refuses headers past 16 kB with 431, and what is no HTTP with 400, as problems', async () => {
    const large = await raw([`GET / HTTP/1.1\r\nHost: x\r\nX-Large: ${'x'.repeat(20_000)}\r\n\r\n`]);
    expect(large).toMatch(/^HTTP\/1\.1 431 /);
    expect(large).toContain('"code":"headers_too_large"');
    const garbage = await raw(['EHLO mail.example.org\r\n\r\n']);
    expect(garbage).toMatch(/^HTTP\/1\.1 400 /);
    expect(garbage).toContain('application/problem+json');
  });

  it('answers 405 to TRACE', async () => {
    const answer = await raw([
      'TRACE /api/crawler/campaigns HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n',
    ]);
    expect(answer).toMatch(/^HTTP\/1\.1 405 /);
  });

  it('takes a sane request id over, and makes one otherwise', async () => {
    const given = await api().call('GET', '/campaigns', { headers: { 'x-request-id': 'trace-1.a_B' } });
    expect(given.headers.get('x-request-id')).toBe('trace-1.a_B');
    const wild = await api().call('GET', '/nothing', { headers: { 'x-request-id': 'a b"<script>' } });
    expect(wild.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(wild.body).toMatchObject({ requestId: wild.headers.get('x-request-id') });
  });

  it('sends the headers of a service that is no page', async () => {
    const { headers } = await api().call('GET', '/campaigns');
    expect(headers.get('content-security-policy')).toContain("default-src 'none'");
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });

  it('limits what one key may do, and no other', async () => {
    const statuses = await Promise.all(
      Array.from(
        { length: 100 },
        async () => (await api().call('GET', '/campaigns', { key: api().keys.viewer })).status,
      ),
    );
    const limited = statuses.filter((status) => status === 429).length;
    expect(limited).toBeGreaterThan(20);
    const answer = await api().call('GET', '/campaigns', { key: api().keys.viewer });
    expect(answer.body).toMatchObject({ status: 429, code: 'rate_limited' });
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await api().call('GET', '/campaigns', { key: api().keys.operator })).status).toBe(200);
  });
});
