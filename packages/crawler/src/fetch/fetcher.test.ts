import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createAddressPolicy } from './address-policy.js';
import { FETCH_FAILURES } from './fetch-failures.js';
import { createFetcher } from './fetcher.js';
import { fetchSession, verdictOf } from './testing/fetch-session.js';
import { type ScriptedRequest, scriptedServer } from './testing/scripted-server.js';

const page = (body: string) =>
  `HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: ${body.length}\r\n\r\n${body}`;

describe('fetch', () => {
  it('a page comes with its head, its hash, its address and its timings', async () => {
    await using server = await scriptedServer(({ socket }) => socket.write(page('hello')));
    await using session = fetchSession();
    const { outcome, body } = await session.get(server.url);
    expect(outcome).toMatchObject({
      kind: 'response',
      status: 200,
      httpVersion: '1.1',
      remoteAddress: '127.0.0.1',
      location: null,
      contentType: 'text/html',
      contentEncoding: null,
      wireBytes: 5,
      decodedBytes: 5,
      bodySha256: createHash('sha256').update('hello').digest('hex'),
      truncated: false,
    });
    expect(body.toString()).toBe('hello');
    const { dnsMs, connectMs, tlsMs, ttfbMs, downloadMs, totalMs } = outcome.timings;
    expect([dnsMs, tlsMs]).toEqual([null, null]);
    for (const ms of [connectMs, ttfbMs, downloadMs]) {
      expect(ms).toBeGreaterThanOrEqual(0);
      expect(ms).toBeLessThanOrEqual(totalMs);
    }
  });

  it('the request carries the agent, our codings and the own headers of a campaign, and nothing that frames it', async () => {
    let text = '';
    await using server = await scriptedServer((request) => {
      text = request.text;
      request.socket.write(page(''));
    });
    await using session = fetchSession();
    await session.get(`${server.url}a%20b?q=1#fragment`, {
      headers: { 'X-Team': 'seo', Accept: 'text/plain', Host: 'evil.test', 'Transfer-Encoding': 'chunked' },
    });
    const [line, ...headers] = text.trim().split('\r\n');
    expect(line).toBe('GET /a%20b?q=1 HTTP/1.1');
    expect(headers.sort()).toEqual([
      'accept-encoding: gzip, deflate, br',
      'accept: text/plain',
      'connection: keep-alive',
      `host: 127.0.0.1:${server.port}`,
      'user-agent: OutriderBot/1.0',
      'x-team: seo',
    ]);
  });

  it('U16: a header value cannot split the request', async () => {
    await using server = await scriptedServer(({ socket }) => socket.write(page('')));
    await using session = fetchSession();
    const { outcome } = await session.get(server.url, { headers: { 'x-a': 'b\r\nx-injected: c' } });
    expect(verdictOf(outcome)).toBe('invalid_request');
    expect(server.connections()).toBe(0);
  });

  it('credentials in a URL are not sent', async () => {
    let text = '';
    await using server = await scriptedServer((request) => {
      text = request.text;
      request.socket.write(page(''));
    });
    await using session = fetchSession();
    await session.get(server.url.replace('//', '//user:secret@'));
    expect(text).not.toMatch(/authorization|secret/i);
  });

  it('a connection is used again, and says so by having cost nothing', async () => {
    await using server = await scriptedServer(({ socket }) => socket.write(page('x')));
    await using session = fetchSession();
    for (let i = 0; i < 5; i++) await session.get(server.url);
    expect(server.connections()).toBe(1);
    expect((await session.get(server.url)).outcome.timings).toMatchObject({ connectMs: null });
  });

  it('a hundred fetches under one signal all arrive, on no more connections than allowed', async () => {
    await using server = await scriptedServer(({ socket, text }) =>
      socket.write(page(text.split(' ')[1] ?? '')),
    );
    await using session = fetchSession({ maxConnectionsPerOrigin: 10 });
    const { signal } = new AbortController();
    const urls = Array.from({ length: 100 }, (_, i) => `${server.url}${i}`);
    const pages = await Promise.all(urls.map((url) => session.get(url, { signal })));
    expect(pages.map(({ body }) => body.toString())).toEqual(urls.map((url) => new URL(url).pathname));
    expect(server.connections()).toBeLessThanOrEqual(10);
  });
});

describe('redirects', () => {
  it('a redirect is returned, not followed', async () => {
    let requests = 0;
    await using server = await scriptedServer(({ socket }) => {
      requests += 1;
      socket.write('HTTP/1.1 302 Found\r\nLocation: ../next?x\r\nContent-Length: 0\r\n\r\n');
    });
    await using session = fetchSession();
    const { outcome } = await session.get(`${server.url}a/b`);
    expect(outcome).toMatchObject({
      status: 302,
      location: { raw: '../next?x', url: `${server.url}next?x`, problem: null },
    });
    expect(requests).toBe(1);
  });

  it.each([
    ['R05: none', '', { raw: null, url: null, problem: 'missing' }],
    ['R05: an empty one', 'Location: \r\n', { raw: '', url: null, problem: 'empty' }],
    ['R04: a file', 'Location: file:///etc/passwd\r\n', { url: null, problem: 'unsupported_scheme' }],
    [
      'R03: a metadata service',
      'Location: http://169.254.169.254/\r\n',
      { url: 'http://169.254.169.254/', problem: null },
    ],
  ])('%s is told by its location', async (_name, header, location) => {
    await using server = await scriptedServer(({ socket }) =>
      socket.write(`HTTP/1.1 301 Moved\r\n${header}Content-Length: 0\r\n\r\n`),
    );
    await using session = fetchSession();
    expect((await session.get(server.url)).outcome).toMatchObject({
      kind: 'response',
      status: 301,
      location,
    });
  });
});

describe('a body that is not wanted', () => {
  const big = ({ socket }: ScriptedRequest) => socket.write(page('a'.repeat(5_000_000)));

  it('when small, is drained and the connection is kept', async () => {
    await using server = await scriptedServer(({ socket }) => socket.write(page('small')));
    await using session = fetchSession();
    const { outcome } = await session.get(server.url, { onHead: () => null });
    expect(outcome).toMatchObject({
      status: 200,
      wireBytes: 5,
      decodedBytes: 0,
      bodySha256: null,
      truncated: false,
    });
    await session.get(server.url);
    expect(server.connections()).toBe(1);
  });

  it('when large, is not read and the connection is dropped', async () => {
    await using server = await scriptedServer(big);
    await using session = fetchSession();
    const { outcome } = await session.get(server.url, { onHead: () => null });
    expect(outcome).toMatchObject({ status: 200, wireBytes: 0, bodySha256: null });
  });

  it('when endless, is dropped after a little', async () => {
    await using server = await scriptedServer(({ socket }) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const timer = setInterval(() => socket.write('a'.repeat(20_000)), 5);
      socket.on('close', () => clearInterval(timer));
    });
    await using session = fetchSession();
    const { outcome } = await session.get(server.url, { onHead: () => null });
    expect(outcome).toMatchObject({ kind: 'response', status: 200 });
  });

  it('in an unknown coding is no failure', async () => {
    await using server = await scriptedServer(({ socket }) =>
      socket.write('HTTP/1.1 200 OK\r\nContent-Encoding: zstd\r\nContent-Length: 1\r\n\r\nx'),
    );
    await using session = fetchSession();
    expect(verdictOf((await session.get(server.url, { onHead: () => null })).outcome)).toBe('status 200');
  });
});

describe('the edges', () => {
  it.each([
    ['::', 'invalid_url'],
    ['ftp://example.org/', 'unsupported_scheme'],
    ['http://example.org:0/', 'blocked_port'],
  ])('%s is %s', async (url, code) => {
    await using session = fetchSession();
    expect(verdictOf((await session.get(url)).outcome)).toBe(code);
  });

  it.each([
    [
      'onHead',
      {
        onHead: () => {
          throw new Error('defect');
        },
      },
    ],
    [
      'write',
      {
        onHead: () => ({
          write: () => {
            throw new Error('defect');
          },
          end: () => undefined,
        }),
      },
    ],
    [
      'end',
      {
        onHead: () => ({
          write: () => undefined,
          end: () => {
            throw new Error('defect');
          },
        }),
      },
    ],
  ])('an error of our own in %s rejects, and is not blamed on the site', async (_name, changes) => {
    await using server = await scriptedServer(({ socket }) => socket.write(page('x')));
    await using session = fetchSession();
    await expect(session.get(server.url, changes)).rejects.toThrow('defect');
  });

  it('closing ends what is in flight as aborted, and refuses what comes later', async () => {
    const fetcher = createFetcher({ addressPolicy: createAddressPolicy({ allowPrivateNetworks: true }) });
    let arrived = () => {};
    const asked = new Promise<void>((resolve) => {
      arrived = resolve;
    });
    await using server = await scriptedServer(() => arrived());
    const request = {
      url: server.url,
      userAgent: 'x',
      headers: {},
      timeoutMs: 10_000,
      maxBodyBytes: 1000,
      signal: new AbortController().signal,
    };
    const pending = fetcher.fetch(request);
    await asked;
    await fetcher.close();
    expect(verdictOf(await pending)).toBe('aborted');
    expect(verdictOf(await fetcher.fetch(request))).toBe('aborted');
  });

  it('every failure has a summary and a decision', () => {
    for (const [code, { retry, summary }] of Object.entries(FETCH_FAILURES)) {
      expect(code).toMatch(/^[a-z_0-9]+$/);
      expect(['retry', 'give_up']).toContain(retry);
      expect(summary).not.toBe('');
    }
  });
});
