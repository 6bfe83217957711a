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

describe('a response head', () => {
  it('has its names in lower case', async () => {
    const { outcome } = await fetchFrom(answer(`${OK}X-Upper: V\r\nContent-Length: 0\r\n\r\n`));
    expect(outcome).toMatchObject({ headers: expect.arrayContaining([['x-upper', 'V']]) });
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

describe('connections that break', () => {
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
  it('a body of exactly the limit is whole', async () => {
    await using server = await scriptedServer(answer(`${OK}Content-Length: 1000\r\n\r\n${'a'.repeat(1000)}`));
    await using session = fetchSession();
    expect((await session.get(server.url, { maxBodyBytes: 1000 })).outcome).toMatchObject({
      decodedBytes: 1000,
    });
  });
});
