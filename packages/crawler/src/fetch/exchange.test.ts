import { describe, expect, it } from 'vitest';
import { fetchSession, verdictOf } from './testing/fetch-session.js';
import { type ScriptedRequest, scriptedServer } from './testing/scripted-server.js';

const OK = 'HTTP/1.1 200 OK\r\n';

/** Answers with these bytes (latin-1), and closes if told to. */
const answer =
  (bytes: string, close = false) =>
  ({ socket }: ScriptedRequest) => {
    socket.write(bytes, 'latin1');
    if (close) socket.end();
  };

async function fetchFrom(script: (request: ScriptedRequest) => void) {
  await using server = await scriptedServer(script);
  await using session = fetchSession();
  return await session.get(server.url);
}

describe('answers that break the protocol', () => {
  it.each([
    [
      'H01: a megabyte of headers',
      `${OK}${`x-pad: ${'a'.repeat(1000)}\r\n`.repeat(1000)}\r\n`,
      'header_overflow',
    ],
    ['H01: ten thousand headers', `${OK}${'a: b\r\n'.repeat(10_000)}\r\n`, 'header_overflow'],
    [
      'R12: a Location of 300,000 bytes',
      `HTTP/1.1 302 Found\r\nLocation: /${'a'.repeat(300_000)}\r\n\r\n`,
      'header_overflow',
    ],
    [
      'H02: a length and chunks',
      `${OK}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
      'protocol_error',
    ],
    ['H02: two lengths', `${OK}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`, 'protocol_error'],
    ['H02: a negative length', `${OK}Content-Length: -5\r\n\r\nabcde`, 'protocol_error'],
    ['H05: an invalid chunk size', `${OK}Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n`, 'protocol_error'],
    [
      'H05: a megabyte of chunk extension',
      `${OK}Transfer-Encoding: chunked\r\n\r\n1;${'x'.repeat(1_000_000)}\r\na\r\n0\r\n\r\n`,
      'protocol_error',
    ],
    ['H06: NUL in a header', `${OK}x-a: a\0b\r\nContent-Length: 0\r\n\r\n`, 'protocol_error'],
    ['H07: status 099', 'HTTP/1.1 099 Odd\r\nContent-Length: 0\r\n\r\n', 'protocol_error'],
    ['H07: status 1000', 'HTTP/1.1 1000 Odd\r\nContent-Length: 0\r\n\r\n', 'protocol_error'],
    [
      'H07: endless early hints',
      `${'HTTP/1.1 103 Early Hints\r\n\r\n'.repeat(1000)}${OK}\r\n`,
      'protocol_error',
    ],
    [
      'a switch of protocols',
      'HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n',
      'protocol_error',
    ],
    ['H14: an SSH banner', 'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', 'not_http'],
    ['H14: HTTP/0.9', '<html>hello</html>', 'not_http'],
  ])('%s', async (_name, bytes, code) => {
    const { outcome, ended } = await fetchFrom(answer(bytes, true));
    expect(verdictOf(outcome)).toBe(code);
    expect(ended).toBe(false);
  });

  it.each([
    ['H06: raw latin-1 becomes text', `${OK}x-a: caf\xe9\r\nContent-Length: 0\r\n\r\n`, ['x-a', 'café']],
    ['H06: UTF-8 stays text', `${OK}x-a: caf\xc3\xa9\r\nContent-Length: 0\r\n\r\n`, ['x-a', 'café']],
    ['names are lower case', `${OK}X-Upper: V\r\nContent-Length: 0\r\n\r\n`, ['x-upper', 'V']],
    [
      'H07: some early hints are passed over',
      `HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n${OK}x-a: b\r\nContent-Length: 0\r\n\r\n`,
      ['x-a', 'b'],
    ],
  ])('%s', async (_name, bytes, header) => {
    const { outcome } = await fetchFrom(answer(bytes));
    expect(outcome).toMatchObject({
      kind: 'response',
      status: 200,
      headers: expect.arrayContaining([header]),
    });
  });

  it('H06: a folded header is an error or text, and the next fetch works', async () => {
    const { outcome } = await fetchFrom(answer(`${OK}x-a: one\r\n two\r\nContent-Length: 0\r\n\r\n`));
    expect(['status 200', 'protocol_error']).toContain(verdictOf(outcome));
  });

  it('H07: a status nobody knows is recorded as it is', async () => {
    const { outcome } = await fetchFrom(answer('HTTP/1.1 599 Odd\r\nContent-Length: 0\r\n\r\n'));
    expect(verdictOf(outcome)).toBe('status 599');
  });

  it.each([204, 304])('H08: a %d that announces a body has none', async (status) => {
    const { outcome } = await fetchFrom(answer(`HTTP/1.1 ${status} X\r\nContent-Length: 10\r\n\r\n`, true));
    expect(outcome).toMatchObject({ kind: 'response', status, truncated: false, wireBytes: 0 });
  });

  it('headers sent twice are kept twice', async () => {
    const { outcome } = await fetchFrom(
      answer(
        `${OK}Set-Cookie: a=1\r\nSet-Cookie: b=2\r\nContent-Type: text/html\r\nContent-Length: 0\r\n\r\n`,
      ),
    );
    expect(outcome).toMatchObject({
      contentType: 'text/html',
      headers: [
        ['set-cookie', 'a=1'],
        ['set-cookie', 'b=2'],
        ['content-type', 'text/html'],
        ['content-length', '0'],
      ],
    });
  });
});

describe('bodies that end early', () => {
  it.each([
    ['H03: chunks without an end', `${OK}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n`],
    ['H04: fewer bytes than announced', `${OK}Content-Length: 10000000000\r\n\r\nabc`],
    ['H04: the same on a closing connection', `${OK}Connection: close\r\nContent-Length: 10\r\n\r\nabc`],
  ])('%s: the beginning is kept, flagged', async (_name, bytes) => {
    const { outcome, body, ended } = await fetchFrom(answer(bytes, true));
    expect(outcome).toMatchObject({ kind: 'response', status: 200, truncated: true, wireBytes: 3 });
    expect(body.toString()).toBe('abc');
    expect(ended).toBe(true);
  });

  it('an announced body of which nothing comes is a failure to retry', async () => {
    const { outcome } = await fetchFrom(answer(`${OK}Content-Length: 10\r\n\r\n`, true));
    expect(outcome).toMatchObject({ kind: 'failure', code: 'truncated', retry: 'retry', status: 200 });
  });

  it('H03: a body without announced length ends with the connection', async () => {
    const { outcome, body } = await fetchFrom(answer(`${OK}\r\nabc`, true));
    expect(outcome).toMatchObject({ kind: 'response', truncated: false });
    expect(body.toString()).toBe('abc');
  });

  it('H04: bytes beyond the announced length are cut', async () => {
    const { outcome, body } = await fetchFrom(
      answer(`${OK}Content-Length: 10\r\n\r\n${'a'.repeat(10_000_000)}`),
    );
    expect(body.toString()).toBe('a'.repeat(10));
    expect(verdictOf(outcome)).toBe('status 200');
  });
});

describe('connections that break', () => {
  it.each([
    ['S04: after connecting', ''],
    ['S04: after half a head', 'HTTP/1.1 200 OK\r\nContent-'],
    ['S04: in mid-body', `${OK}Content-Length: 1000\r\n\r\nabc`],
    ['S04: in mid-body of a closing connection', `${OK}Connection: close\r\nContent-Length: 1000\r\n\r\nabc`],
  ])('%s, a reset is a failure to retry', async (_name, bytes) => {
    const { outcome, ended } = await fetchFrom(({ socket }) => {
      socket.write(bytes, 'latin1', () => setTimeout(() => socket.resetAndDestroy(), 50));
    });
    expect(outcome).toMatchObject({ kind: 'failure', code: 'connection_reset', retry: 'retry' });
    expect(ended).toBe(false);
  });

  it('S11: a kept connection closed as we send is repeated once on a fresh one', async () => {
    await using server = await scriptedServer(({ socket, connection, ordinal }) => {
      if (connection === 0 && ordinal === 1) socket.destroy();
      else socket.write(`${OK}Content-Length: 1\r\n\r\n${connection}`);
    });
    await using session = fetchSession();
    expect((await session.get(server.url)).body.toString()).toBe('0');
    const second = await session.get(server.url);
    expect(verdictOf(second.outcome)).toBe('status 200');
    expect(second.body.toString()).toBe('1');
    expect(second.outcome.timings.connectMs).not.toBeNull();
  });

  it('S11: the repetition is not repeated', async () => {
    let requests = 0;
    await using server = await scriptedServer(({ socket, connection, ordinal }) => {
      requests += 1;
      if (connection === 0 && ordinal === 0) socket.write(`${OK}Content-Length: 0\r\n\r\n`);
      else socket.resetAndDestroy();
    });
    await using session = fetchSession();
    await session.get(server.url);
    expect(verdictOf((await session.get(server.url)).outcome)).toBe('connection_reset');
    expect(requests).toBe(3);
  });

  it('a fresh connection that is closed is not repeated', async () => {
    await using server = await scriptedServer(({ socket }) => socket.destroy());
    await using session = fetchSession();
    expect(verdictOf((await session.get(server.url)).outcome)).toBe('connection_reset');
    expect(server.connections()).toBe(1);
  });
});

describe('time limits', () => {
  it('S01: a server that never answers', async () => {
    await using server = await scriptedServer(() => undefined);
    await using session = fetchSession({ headersTimeoutMs: 300 });
    const { outcome } = await session.get(server.url);
    expect(outcome).toMatchObject({ kind: 'failure', code: 'headers_timeout', retry: 'retry', status: null });
    expect(outcome.timings.totalMs).toBeGreaterThanOrEqual(300);
  });

  it('S01: a head that trickles in does not extend its limit', async () => {
    await using server = await scriptedServer(({ socket }) => {
      socket.write(OK);
      const timer = setInterval(() => socket.write('x-a: b\r\n'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    await using session = fetchSession({ headersTimeoutMs: 300 });
    expect(verdictOf((await session.get(server.url)).outcome)).toBe('headers_timeout');
  });

  it.each([
    ['the minimum rate', { timeoutMs: 60_000 }, { bytesPerSecond: 1000, windowMs: 300 }],
    ['the limit of the whole fetch', { timeoutMs: 400 }, { bytesPerSecond: 1, windowMs: 60_000 }],
  ])('S02: a body that trickles in ends by %s', async (_name, changes, minimumRate) => {
    await using server = await scriptedServer(({ socket }) => {
      socket.write(`${OK}Content-Length: 1000\r\n\r\n`);
      const timer = setInterval(() => socket.write('x'), 50);
      socket.on('close', () => clearInterval(timer));
    });
    await using session = fetchSession({ minimumRate });
    const { outcome } = await session.get(server.url, changes);
    expect(outcome).toMatchObject({ kind: 'failure', code: 'body_timeout', status: 200 });
  });

  it('a body above the minimum rate is left in peace', async () => {
    await using server = await scriptedServer(({ socket }) => {
      socket.write(`${OK}Transfer-Encoding: chunked\r\n\r\n`);
      const timer = setInterval(() => socket.write(`400\r\n${'x'.repeat(1024)}\r\n`), 20);
      setTimeout(() => {
        clearInterval(timer);
        socket.write('0\r\n\r\n');
      }, 900);
    });
    await using session = fetchSession({ minimumRate: { bytesPerSecond: 500, windowMs: 200 } });
    expect(verdictOf((await session.get(server.url)).outcome)).toBe('status 200');
  });

  it('a cancelled fetch ends as aborted, and its connection is closed', async () => {
    const controller = new AbortController();
    let closed = false;
    await using server = await scriptedServer(({ socket }) => {
      socket.on('close', () => {
        closed = true;
      });
      controller.abort();
    });
    await using session = fetchSession();
    const { outcome } = await session.get(server.url, { signal: controller.signal });
    expect(outcome).toMatchObject({ kind: 'failure', code: 'aborted', retry: 'retry' });
    await expect.poll(() => closed).toBe(true);
  });
});

describe('size limits', () => {
  it.each([
    ['an announced length', `${OK}Content-Length: 3000000\r\n\r\n${'a'.repeat(3_000_000)}`],
    ['no announced length', `${OK}\r\n${'a'.repeat(3_000_000)}`],
  ])('S03: a body of %s stops at the limit and the connection is closed', async (_name, bytes) => {
    let closed = false;
    await using server = await scriptedServer(({ socket }) => {
      socket.on('close', () => {
        closed = true;
      });
      socket.write(bytes);
    });
    await using session = fetchSession();
    const { outcome, body } = await session.get(server.url, { maxBodyBytes: 1_000_000 });
    expect(outcome).toMatchObject({ kind: 'failure', code: 'too_large', retry: 'give_up', status: 200 });
    expect(body.length).toBeLessThanOrEqual(1_000_000);
    await expect.poll(() => closed).toBe(true);
  });

  it('a body of exactly the limit is whole', async () => {
    await using server = await scriptedServer(answer(`${OK}Content-Length: 1000\r\n\r\n${'a'.repeat(1000)}`));
    await using session = fetchSession();
    expect((await session.get(server.url, { maxBodyBytes: 1000 })).outcome).toMatchObject({
      decodedBytes: 1000,
    });
  });
});
