import { createHash, randomBytes } from 'node:crypto';
import { brotliCompressSync, deflateRawSync, deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { ACCEPT_ENCODING } from './content-codings.js';
import { fetchSession, verdictOf } from './testing/fetch-session.js';
import { scriptedServer } from './testing/scripted-server.js';

const PAGE = Buffer.from('<p>page</p>'.repeat(20_000));
const MIB = 1024 * 1024;

/** Serves one body under one content coding and fetches it. */
async function fetchEncoded(encoding: string, body: Buffer, maxBodyBytes = 10 * MIB) {
  await using server = await scriptedServer(({ socket }) => {
    socket.write(
      `HTTP/1.1 200 OK\r\nContent-Encoding: ${encoding}\r\nContent-Length: ${body.length}\r\n\r\n`,
    );
    socket.write(body);
  });
  await using session = fetchSession();
  return await session.get(server.url, { maxBodyBytes });
}

describe('content codings', () => {
  it.each([
    ['gzip', gzipSync(PAGE)],
    ['x-gzip', gzipSync(PAGE)],
    ['GZIP', gzipSync(PAGE)],
    ['deflate', deflateSync(PAGE)],
    ['deflate', deflateRawSync(PAGE)],
    ['br', brotliCompressSync(PAGE)],
    ['identity', PAGE],
    ['gzip, br', brotliCompressSync(gzipSync(PAGE))],
    ['deflate, identity, gzip', gzipSync(deflateSync(PAGE))],
    ['gzip, gzip, gzip', gzipSync(gzipSync(gzipSync(PAGE)))],
  ])('a body under %s arrives as it was', async (encoding, body) => {
    const { outcome, body: received, ended } = await fetchEncoded(encoding, body);
    expect(outcome).toMatchObject({
      kind: 'response',
      contentEncoding: encoding,
      wireBytes: body.length,
      decodedBytes: PAGE.length,
      bodySha256: createHash('sha256').update(PAGE).digest('hex'),
      truncated: false,
    });
    expect(received.equals(PAGE)).toBe(true);
    expect(ended).toBe(true);
  });

  it('what is offered is what can be undone', async () => {
    let text = '';
    await using server = await scriptedServer((request) => {
      text = request.text;
      request.socket.write('HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n');
    });
    await using session = fetchSession();
    await session.get(server.url, { headers: { 'Accept-Encoding': 'zstd' } });
    expect(text.match(/^accept-encoding: (.*)\r$/gm)).toEqual([`accept-encoding: ${ACCEPT_ENCODING}\r`]);
  });

  it('an empty body is empty under any coding', async () => {
    const { outcome } = await fetchEncoded('gzip', Buffer.alloc(0));
    expect(outcome).toMatchObject({ kind: 'response', decodedBytes: 0, truncated: false });
  });

  it('a small page of one repeated byte is no bomb', async () => {
    const { outcome } = await fetchEncoded('gzip', gzipSync(Buffer.alloc(900_000)));
    expect(outcome).toMatchObject({ kind: 'response', decodedBytes: 900_000 });
  });
});

describe('limits of compressed bodies', () => {
  // E01
  const zeros = Buffer.alloc(24 * MIB);
  it.each([
    ['gzip', gzipSync(zeros)],
    ['deflate', deflateSync(zeros)],
    ['br', brotliCompressSync(zeros)],
    ['gzip, gzip', gzipSync(gzipSync(zeros))],
    ['gzip, br, gzip', gzipSync(brotliCompressSync(gzipSync(zeros)))],
  ])('E01: a bomb under %s is stopped by its ratio', async (encoding, bomb) => {
    const { outcome, body } = await fetchEncoded(encoding, bomb, 512 * MIB);
    expect(verdictOf(outcome)).toBe('decompression_limit');
    // One output chunk may pass the ratio's floor before it is counted.
    expect(body.length).toBeLessThanOrEqual(2 * MIB);
  });

  it('E01: a page that only decodes to too much is too large', async () => {
    const noise = randomBytes(100_000).toString('hex');
    const { outcome, body, ended } = await fetchEncoded('gzip', gzipSync(noise), 150_000);
    expect(outcome).toMatchObject({ kind: 'failure', code: 'too_large', retry: 'give_up', status: 200 });
    expect(body.length).toBeLessThanOrEqual(150_000);
    expect(ended).toBe(false);
  });

  it('E02: more than three codings are refused', async () => {
    const { outcome } = await fetchEncoded(Array(10).fill('gzip').join(', '), gzipSync('x'));
    expect(verdictOf(outcome)).toBe('decompression_limit');
  });

  it.each(['zstd', 'compress', 'gzip, made-up'])('%s is refused as unsupported', async (encoding) => {
    const { outcome } = await fetchEncoded(encoding, Buffer.from('x'));
    expect(verdictOf(outcome)).toBe('unsupported_encoding');
  });
});

describe('bodies that are not what they say', () => {
  it.each(['gzip', 'br'])('E03: plain text under %s is a bad encoding', async (encoding) => {
    const { outcome } = await fetchEncoded(encoding, Buffer.from('<!doctype html><title>plain</title>'));
    expect(verdictOf(outcome)).toBe('bad_encoding');
  });

  it.each([
    ['gzip', gzipSync(PAGE)],
    ['br', brotliCompressSync(randomBytes(200_000))],
  ])('E03: a %s stream that ends early keeps its beginning, flagged', async (encoding, body) => {
    const {
      outcome,
      body: received,
      ended,
    } = await fetchEncoded(encoding, body.subarray(0, body.length - 40));
    expect(outcome).toMatchObject({ kind: 'response', truncated: true });
    expect(received.length).toBeGreaterThan(0);
    expect(ended).toBe(true);
  });

  it('E03: a stream that breaks in the middle keeps its beginning, flagged', async () => {
    const body = gzipSync(randomBytes(400_000));
    const { outcome, body: received } = await fetchEncoded('gzip', body.fill(0xff, 200_000));
    expect(outcome).toMatchObject({ kind: 'response', truncated: true });
    expect(received.length).toBeGreaterThan(0);
    expect(received.length).toBeLessThan(400_000);
  });

  it('E03: megabytes of garbage after a stream do not hang the fetch', async () => {
    const { outcome, body } = await fetchEncoded(
      'gzip',
      Buffer.concat([gzipSync(PAGE), Buffer.alloc(3 * MIB, 7)]),
    );
    expect(verdictOf(outcome)).toBe('status 200');
    expect(body.equals(PAGE)).toBe(true);
  });

  it('E03: garbage after a gzip stream does not spoil the page', async () => {
    const { outcome, body } = await fetchEncoded(
      'gzip',
      Buffer.concat([gzipSync(PAGE), Buffer.from('garbage')]),
    );
    expect(verdictOf(outcome)).toBe('status 200');
    expect(body.equals(PAGE)).toBe(true);
  });
});
