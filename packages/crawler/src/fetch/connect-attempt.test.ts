import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { createServer as createTlsServer, type TlsOptions } from 'node:tls';
import { describe, expect, it } from 'vitest';
import { createAddressPolicy } from './address-policy.js';
import { fetchSession, scriptedResolver, verdictOf } from './testing/fetch-session.js';
import { scriptedServer } from './testing/scripted-server.js';

const fixture = (name: string) => readFileSync(new URL(`fixtures/${name}.pem`, import.meta.url), 'utf8');
const key = readFileSync(new URL('fixtures/site.key', import.meta.url));
const EMPTY = 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n';

/** Public addresses stay public; of loopback only 127.0.0.2 is open, as if it were the public internet. */
function onlyTheSecondLoopback() {
  const closed = createAddressPolicy({ allowPrivateNetworks: false });
  const open = createAddressPolicy({ allowPrivateNetworks: true });
  return {
    check: (address: string) =>
      address === '127.0.0.2' ? ({ allowed: true } as const) : closed.check(address),
    checkUrl: (url: URL | string) => {
      const verdict = closed.checkUrl(url);
      return !verdict.allowed && verdict.reason === 'blocked_port' ? open.checkUrl(url) : verdict;
    },
  };
}

describe('addresses at connect', () => {
  it.each([
    ['U08: one private record of two', ['127.0.0.2', '10.0.0.1']],
    ['U08: a public IPv4 and a private IPv6', ['127.0.0.2', 'fd00::1']],
    ['U10: a name of loopback', ['127.0.0.1']],
    ['U07: a name of the metadata service', ['169.254.169.254']],
    ['a private record after sixteen others', [...Array(20).fill('127.0.0.2'), '192.168.0.1']],
  ])('%s blocks the host', async (_name, records) => {
    await using server = await scriptedServer(({ socket }) => socket.write(EMPTY), '0.0.0.0');
    await using session = fetchSession({
      addressPolicy: onlyTheSecondLoopback(),
      resolve: scriptedResolver(records),
    });
    const { outcome } = await session.get(`http://site.test:${server.port}/`);
    expect(outcome).toMatchObject({
      kind: 'failure',
      code: 'blocked_address',
      retry: 'give_up',
      remoteAddress: null,
    });
    expect(server.connections()).toBe(0);
  });

  it('U09: a rebinding name is connected to the address that was checked', async () => {
    let host = '';
    await using wanted = await scriptedServer((request) => {
      host = request.text.match(/^host: (.*)\r$/m)?.[1] ?? '';
      request.socket.write(EMPTY);
    }, '127.0.0.2');
    let hits = 0;
    const trap = createServer(() => {
      hits += 1;
    });
    await new Promise<void>((resolve) => trap.listen(wanted.port, '127.0.0.1', resolve));
    const resolve = scriptedResolver(['127.0.0.2'], ['127.0.0.1']);
    await using session = fetchSession({ addressPolicy: onlyTheSecondLoopback(), resolve });
    const url = `http://rebind.test:${wanted.port}/`;
    const first = (await session.get(url)).outcome;
    expect(first).toMatchObject({ kind: 'response', remoteAddress: '127.0.0.2' });
    expect(resolve.asked()).toBe(1);
    expect(host).toBe(`rebind.test:${wanted.port}`);

    await using later = fetchSession({ addressPolicy: onlyTheSecondLoopback(), resolve });
    expect(verdictOf((await later.get(url)).outcome)).toBe('blocked_address');
    expect(hits).toBe(0);
    trap.close();
  });

  it.each(['http://127.0.0.1:80/', 'http://[::1]/', 'http://2130706433/', 'http://169.254.169.254/'])(
    'R03: %s is refused before anything is sent',
    async (url) => {
      await using session = fetchSession({
        addressPolicy: createAddressPolicy({ allowPrivateNetworks: false }),
      });
      expect(verdictOf((await session.get(url)).outcome)).toBe('blocked_address');
    },
  );

  it('the next address is tried when one refuses', async () => {
    await using server = await scriptedServer(({ socket }) => socket.write(EMPTY), '127.0.0.3');
    await using session = fetchSession({ resolve: scriptedResolver(['127.0.0.2', '127.0.0.3']) });
    const { outcome } = await session.get(`http://site.test:${server.port}/`);
    expect(outcome).toMatchObject({ kind: 'response', remoteAddress: '127.0.0.3' });
  });
});

describe('connections that do not come about', () => {
  it('a closed port is refused', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await using session = fetchSession();
    expect(verdictOf((await session.get(`http://127.0.0.1:${port}/`)).outcome)).toBe('connection_refused');
  });
});

/** A TLS site at https://site.test, or whatever the options make of it. */
async function tlsSite(options: TlsOptions) {
  const server = createTlsServer({ key, ...options }, (socket) => {
    socket.on('error', () => undefined);
    socket.on('data', () => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nbody`));
  });
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { port, [Symbol.asyncDispose]: async () => void server.close() };
}

const trusting = () =>
  fetchSession({ resolve: scriptedResolver(['127.0.0.1']), extraRoots: [fixture('trusted-root')] });

describe('TLS', () => {
  it('a valid certificate is fetched, and the connection is kept', async () => {
    await using site = await tlsSite({ cert: fixture('valid') });
    await using session = trusting();
    const url = `https://site.test:${site.port}/`;
    const first = await session.get(url);
    expect(first.outcome).toMatchObject({ kind: 'response', status: 200, remoteAddress: '127.0.0.1' });
    expect(first.outcome.timings.tlsMs).toBeGreaterThan(0);
    expect((await session.get(url)).outcome.timings).toMatchObject({
      dnsMs: null,
      connectMs: null,
      tlsMs: null,
    });
  });
});
