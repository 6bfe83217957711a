import { createSocket } from 'node:dgram';
import { connect, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { type AddressPolicy, createAddressPolicy } from '../fetch/address-policy.js';
import { rendered, startTestBrowser, startTestSite } from '../testing/test-browser.js';
import { startEgressProxy } from './egress-proxy.js';

const closing: (() => Promise<void> | void)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** One loopback address stands for the public network; every other one is refused as in production. */
const PUBLIC = '127.0.0.2';
const strict = createAddressPolicy({ allowPrivateNetworks: false });
const policy: AddressPolicy = {
  check: (address) => (address === PUBLIC ? { allowed: true } : strict.check(address)),
  checkUrl: (url) => {
    const { hostname } = new URL(url);
    return hostname === PUBLIC ? { allowed: true } : strict.checkUrl(url);
  },
};

/** Counts whoever comes, by TCP or UDP. */
async function startTrap(): Promise<{ port: number; visits: () => number }> {
  let visits = 0;
  const server: Server = createServer((socket) => {
    visits += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  const udp = createSocket('udp4');
  udp.on('message', () => {
    visits += 1;
  });
  await new Promise<void>((resolve) => udp.bind(port, '127.0.0.1', resolve));
  closing.push(
    () => new Promise<void>((resolve) => server.close(() => resolve())),
    () => new Promise<void>((resolve) => udp.close(() => resolve())),
  );
  return { port, visits: () => visits };
}

describe('C03: a page in a browser behind the proxy', () => {
  it('reaches no private address, by whatever way it tries', async () => {
    const trap = await startTrap();
    const private_ = `127.0.0.1:${trap.port}`;
    const site = await startTestSite(
      {
        '/hop': (_, response) => response.writeHead(302, { location: `http://${private_}/hop` }).end(),
        '/worker.js': `fetch('http://${private_}/worker').catch(() => {}); postMessage('done')`,
        '/sw.js': `fetch('http://${private_}/service-worker')`,
        '/ok.js': 'document.body.append("the site itself is reached")',
      },
      PUBLIC,
    );
    const browser = await startTestBrowser({ addressPolicy: policy });
    closing.unshift(
      () => browser.close(),
      () => site.close(),
    );
    const html = `<!doctype html><title>x</title>
      <link rel=preconnect href="http://${private_}"><link rel=dns-prefetch href="http://${private_}">
      <link rel=prefetch href="http://${private_}/prefetch"><link rel=preload as=script href="http://${private_}/preload">
      <link rel=stylesheet href="http://${private_}/style"><img src="http://${private_}/image">
      <script type=speculationrules>{"prefetch":[{"source":"list","urls":["http://${private_}/speculation"]}]}</script>
      <body><iframe src="http://${private_}/frame"></iframe><object data="http://${private_}/object"></object>
      <video src="http://${private_}/video"></video><form id=f action="http://${private_}/form" target=x></form>
      <script src=/ok.js></script><script>
        const quiet = (promise) => promise.catch(() => {});
        const all = [
          quiet(fetch('http://${private_}/fetch', { mode: 'no-cors' })),
          quiet(fetch('http://169.254.169.254/latest/meta-data/', { mode: 'no-cors' })),
          quiet(fetch('http://localhost:${trap.port}/name', { mode: 'no-cors' })),
          quiet(fetch('http://[::ffff:127.0.0.1]:${trap.port}/mapped', { mode: 'no-cors' })),
          quiet(fetch('https://${private_}/tls', { mode: 'no-cors' })),
          quiet(fetch('/hop', { mode: 'no-cors' })),
          quiet(navigator.serviceWorker?.register('/sw.js') ?? Promise.resolve()),
        ];
        navigator.sendBeacon('http://${private_}/beacon', 'x');
        new WebSocket('ws://${private_}/socket');
        new WebSocket('wss://${private_}/socket');
        new EventSource('http://${private_}/events');
        new Worker('/worker.js');
        new Image().src = 'http://${private_}/new-image';
        const peer = new RTCPeerConnection({ iceServers: [{ urls: 'stun:${private_}' }, { urls: 'turn:${private_}?transport=tcp', username: 'a', credential: 'b' }] });
        peer.createDataChannel('x');
        peer.createOffer().then((offer) => peer.setLocalDescription(offer));
        document.getElementById('f').submit();
        Promise.all(all).then(() => setTimeout(() => { document.title = 'tried'; }, 700));
      </script>`;
    const lane = browser.lane({ browser: { blockResources: [], waitMs: 4_000 } });
    const page = await rendered(lane, `${site.origin}/attack`, html);
    expect(page.content.head.titles.items[0]?.text).toBe('tried');
    expect(site.asked).toEqual(expect.arrayContaining(['/ok.js', '/hop', '/worker.js']));
    expect(browser.refused.filter((code) => code === 'blocked_address').length).toBeGreaterThan(8);
    expect(trap.visits()).toBe(0);
  }, 30_000);

  it('is cut off from an answer that has no end', async () => {
    const site = await startTestSite(
      {
        '/flood.js': (_, response) => {
          response.writeHead(200, { 'content-type': 'text/javascript' });
          const timer = setInterval(() => response.write(Buffer.alloc(4 * 1_048_576, 32)), 1);
          response.on('close', () => clearInterval(timer));
        },
      },
      PUBLIC,
    );
    const browser = await startTestBrowser({ addressPolicy: policy });
    closing.unshift(
      () => browser.close(),
      () => site.close(),
    );
    const page = await rendered(
      browser.lane({ browser: { timeoutMs: 20_000, waitMs: 20_000 } }),
      `${site.origin}/`,
      '<title>x</title><script src=/flood.js></script><script>document.title = "went on"</script>',
    );
    expect(page.content.head.titles.items[0]?.text).toBe('went on');
    expect(page.failedRequests.count).toBe(1);
  }, 40_000);
});

/** Sends one CONNECT as it is, and gives the status it was answered with, if it was answered. */
function connectTo(proxy: string, authority: string): Promise<string> {
  const [host = '', port = ''] = proxy.split(':');
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), host, () =>
      socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: x\r\n\r\n`),
    );
    socket.once('data', (data) => {
      resolve(data.toString('latin1').split(' ')[1] ?? '');
      socket.destroy();
    });
    socket.once('close', () => resolve('cut off'));
    socket.once('error', reject);
  });
}

describe('the proxy asked for a tunnel', () => {
  it.each([
    'public:443/x:PORT',
    'public:443?:PORT',
    'public:443#:PORT',
    'user@public:PORT',
    'public:PORT',
    '127.0.0.1:PORT',
    '[::ffff:127.0.0.1]:PORT',
    '2130706433:PORT',
    '169.254.169.254:80',
    'public:0',
    'public:65536',
    'public',
  ])('to %s makes no connection', async (asked) => {
    const trap = await startTrap();
    const proxy = await startEgressProxy({
      // Every name leads to the trap, and its address is let pass: only what was asked for can stop it.
      policy: { check: () => ({ allowed: true }), checkUrl: strict.checkUrl },
      resolve: () => Promise.resolve([{ address: '127.0.0.1', family: 4 as const }]),
    });
    closing.push(() => proxy.close());
    expect(await connectTo(proxy.address, asked.replace('PORT', String(trap.port)))).toMatch(
      /^(403|502|cut off)$/,
    );
    expect(trap.visits()).toBe(0);
  });
});
