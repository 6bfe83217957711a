import type { IncomingMessage, ServerResponse } from 'node:http';
import { brotliCompressSync, gzipSync } from 'node:zlib';
import type { RouteFunction, RouteHandler } from '@outrider/oracle';

const HTML = { 'content-type': 'text/html' };
const MIB = 1_048_576;
const PAGE = '<title>A beginning</title><p>text</p>';

/** Servers whose answer keeps this process busy for long enough to make others wait. */
export const HEAVY_SERVERS: ReadonlySet<string> = new Set([
  'gzip bomb',
  'nested gzip bomb',
  'brotli bomb',
  'a million nested elements',
  'a million links',
]);

/** What a site can do that no fixed answer describes, by the name that the cases of bad inputs give it. */
export const BAD_SERVERS: Readonly<Record<string, () => RouteHandler>> = {
  hang: () => 'hang',
  reset: () => 'reset',
  'counting redirect': () => (request, response) => {
    const [path = '', n = '0'] = (request.url ?? '').split('?n=');
    response.writeHead(302, { location: `${path}?n=${Number(n) + 1}` }).end();
  },
  'endless page': () => endless(HTML),
  'endless file': () => endless({ 'content-type': 'video/mp4' }),
  'reset after headers': () => (request, response) => {
    response.writeHead(200, { ...HTML, 'content-length': '1000' });
    response.flushHeaders();
    resetSoon(request);
  },
  'reset in mid-body': () => (request, response) => {
    response.writeHead(200, { ...HTML, 'content-length': '1000' });
    response.write(PAGE);
    resetSoon(request);
  },
  'reset once': () => {
    let asked = 0;
    return (request, response) => {
      asked += 1;
      response.writeHead(200, { ...HTML, 'content-length': String(PAGE.length) });
      response.flushHeaders();
      // After the headers, since before them a kept connection is taken for stale and tried again at once.
      if (asked === 1) resetSoon(request);
      else response.end(PAGE);
    };
  },
  'endless film': () => endless(HTML, Buffer.from('\0\0\0\x20ftypisom', 'latin1')),
  echo: () => echoCredentials,
  'one at a time': () => oneAtATime,
  'cookie wall': () => (request, response) => {
    if (request.headers.cookie !== undefined) response.writeHead(200, HTML).end(PAGE);
    else response.writeHead(302, { location: request.url ?? '/', 'set-cookie': 'seen=1' }).end();
  },
  'nested json-ld': () => ({
    headers: HTML,
    body: `<title>JSON</title><script type="application/ld+json">${'['.repeat(100_000)}</script>`,
  }),
  'index of 10000': () => (request, response) => {
    const files = Array.from(
      { length: 10_000 },
      (_, n) => `<sitemap><loc>http://${request.headers.host}${request.url}/${n}.xml</loc></sitemap>`,
    );
    response.writeHead(200).end(`<sitemapindex>${files.join('')}</sitemapindex>`);
  },
  'gzip bomb': () => coded('gzip', gzipSync(Buffer.alloc(40 * MIB, 'a'))),
  'nested gzip bomb': () => coded('gzip, gzip', gzipSync(gzipSync(Buffer.alloc(100 * MIB, 'a')))),
  'brotli bomb': () => coded('br', brotliCompressSync(Buffer.alloc(40 * MIB, 'a'))),
  'truncated gzip': () => coded('gzip', cutGzip()),
  'gzip and garbage': () => coded('gzip', Buffer.concat([gzipSync(PAGE), Buffer.from('garbage')])),
  'latin-1 bytes': () => ({
    headers: { 'content-type': 'text/html; charset=utf-8' },
    body: Buffer.from('<title>caf\u00e9</title>', 'latin1'),
  }),
  'odd header bytes': () =>
    raw('X-Latin: caf\u00e9\r\nX-Bytes: \u00ff\u00fe\u0080\r\nContent-Type: text/html\r\n'),
  'control characters in headers': () => raw('X-Nul: a\0b\r\nContent-Type: text/html\r\n'),
  'a million nested elements': () => ({ headers: HTML, body: '<div>'.repeat(1_000_000) }),
  'a million links': () => ({
    headers: HTML,
    body: Array.from({ length: 1_000_000 }, (_, n) => `<a href=/link/${n}>`).join(''),
  }),
};

function coded(coding: string, body: Buffer): RouteHandler {
  return { headers: { ...HTML, 'content-encoding': coding }, body };
}

/** A compressed page whose end never comes. The noise behind the page makes the beginning decodable. */
function cutGzip(): Buffer {
  const noise = Array.from({ length: 20_000 }, (_, n) => ((n * 2_654_435_761) >>> 0).toString(36)).join(' ');
  const whole = gzipSync(PAGE + noise);
  return whole.subarray(0, whole.length / 2);
}

/** A page that says in its title what it was asked with. */
export function echoCredentials(request: IncomingMessage, response: ServerResponse): void {
  const { authorization, cookie } = request.headers;
  const sent = [authorization, cookie].filter((value) => value !== undefined);
  const title = sent.length === 0 ? 'without credentials' : `with ${sent.join(' and ')}`;
  response.writeHead(200, HTML).end(`<title>${request.method} ${title}</title>`);
}

let open = 0;

/** Refuses a second request while one is open. */
function oneAtATime(_: IncomingMessage, response: ServerResponse): void {
  open += 1;
  response.once('close', () => {
    open -= 1;
  });
  if (open > 1) response.writeHead(403, HTML).end();
  else setTimeout(() => response.writeHead(200, HTML).end(PAGE), 30);
}

function endless(headers: Readonly<Record<string, string>>, start?: Buffer): RouteFunction {
  return async (_, response) => {
    response.writeHead(200, headers);
    if (start !== undefined) response.write(start);
    const chunk = Buffer.alloc(16_384, 'x');
    while (!response.destroyed) {
      response.write(chunk);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };
}

/** A head written byte by byte, since Node.js would refuse to send it. */
function raw(headers: string): RouteFunction {
  const body = '<title>odd</title>';
  return (_: IncomingMessage, response: ServerResponse) => {
    const head = `HTTP/1.1 200 OK\r\n${headers}Connection: close\r\nContent-Length: ${body.length}\r\n\r\n`;
    response.socket?.end(Buffer.from(head + body, 'latin1'));
  };
}

/** Once what was written is on its way. */
function resetSoon(request: IncomingMessage): void {
  setTimeout(() => request.socket.resetAndDestroy(), 50);
}
