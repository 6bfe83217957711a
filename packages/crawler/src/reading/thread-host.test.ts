import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { ClaimedTarget, LaneScope } from '@outrider/db';
import { campaignConfig, urlKey } from '@outrider/shared';
import { createLogger } from '@outrider/telemetry';
import { afterEach, describe, expect, it } from 'vitest';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import { createInlineReading } from './inline-reading.js';
import type { Answer, Reading } from './reading.js';
import { ReadingLost } from './reading-lost.js';
import { ThreadHost } from './thread-host.js';

/** As it was built, since a thread runs no sources. */
const PROGRAM = new URL('../../dist/reading/reading-thread.js', import.meta.url);
const CONFIG = campaignConfig.parse({});
const SCOPE: LaneScope = {
  hosts: ['a.test'],
  version: 1,
  seedFolders: ['https://a.test/'],
  seedOrigins: ['https://a.test'],
  closedPatterns: [],
  newRules: null,
};
const FETCHED_AT = new Date('2026-01-15T10:00:00Z');

const hosts: ThreadHost[] = [];
afterEach(async () => {
  await Promise.all(hosts.splice(0).map((host) => host.close()));
});

function startHost(options: ConstructorParameters<typeof ThreadHost>[1] = { program: PROGRAM }): ThreadHost {
  const host = new ThreadHost(createLogger({ name: 'test', level: 'silent' }), options);
  hosts.push(host);
  return host;
}

function opened(reading: Reading, scope = SCOPE): Reading {
  reading.apply(scope);
  return reading;
}

const target = (url: string): ClaimedTarget => ({
  ...{ url, urlKey: urlKey(url), host: 'a.test', depth: 0, attempt: 1, isSeed: true },
  ...{ redirectHops: [], startInMs: 0 },
});

const response = (bytes: number): FetchResponse => ({
  ...{ kind: 'response', status: 200, headers: [['content-type', 'text/html']], httpVersion: '1.1' },
  ...{ remoteAddress: '127.0.0.1', location: null, contentType: 'text/html', contentEncoding: null },
  timings: { dnsMs: null, connectMs: null, tlsMs: null, ttfbMs: 1, downloadMs: 1, totalMs: 2 },
  ...{ wireBytes: bytes, decodedBytes: bytes, bodySha256: '07'.repeat(32), truncated: false },
});

/** Reads a page that came in chunks of that many bytes. */
function read(reading: Reading, url: string, html: string, chunk = 10_000): Promise<unknown> {
  const bytes = Buffer.from(html);
  const document = reading.open({ url, contentType: 'text/html', headers: [] });
  for (let at = 0; at < bytes.length; at += chunk) document.write(bytes.subarray(at, at + chunk));
  document.end();
  const answer: Answer = {
    ...{ target: target(url), response: response(bytes.length), fetchedAt: FETCHED_AT, document },
    ...{ sniffedType: null, refusedType: null, seen: null, carried: null },
  };
  return reading.settle(answer).then(({ readMs, ...settled }) => {
    expect(readMs).toBeGreaterThan(0);
    return settled;
  });
}

const page = (n: number, words = 100): string =>
  `<!doctype html><title>Page ${n}</title><a href="/${n + 1}">next</a><p>${`w\u00f6rd${n} `.repeat(words)}`;

describe('a page', () => {
  it('is read in a thread as it is here, whatever its size', async () => {
    const there = opened(startHost().open(CONFIG));
    const here = opened(createInlineReading(CONFIG));
    for (const [n, words] of [10, 9_000, 80_000].entries()) {
      const url = `https://a.test/${n}`;
      expect(await read(there, url, page(n, words))).toEqual(await read(here, url, page(n, words)));
    }
  });

  it('of a lane is told from that of another, and what is not to be settled is let go of', async () => {
    const host = startHost();
    const lanes = [opened(host.open(CONFIG)), opened(host.open(CONFIG))];
    const unwanted = lanes[0]?.open({ url: 'https://a.test/x', contentType: null, headers: [] });
    unwanted?.write(Buffer.alloc(400_000));
    unwanted?.discard();
    const settled = await Promise.all(
      lanes.flatMap((lane) => [0, 1, 2].map((n) => read(lane, `https://a.test/${n}`, page(n)))),
    );
    expect(settled.slice(0, 3)).toEqual(settled.slice(3));
    expect(settled).toHaveLength(6);
  });
});

describe('a thread that ends', () => {
  it('is replaced; what it was at is suspect, what it had yet to read is not', async () => {
    const host = startHost();
    const lane = opened(host.open(CONFIG));
    await read(lane, 'https://a.test/0', page(0));
    const fatal = host.open(CONFIG);
    // Our code would never send it.
    fatal.apply(null as unknown as LaneScope);
    const lost = await Promise.allSettled([1, 2].map((n) => read(lane, `https://a.test/${n}`, page(n))));
    expect(lost.map((one) => one.status === 'rejected' && (one.reason as ReadingLost).isSuspect)).toEqual([
      true,
      false,
    ]);
    for (const one of lost) expect(one.status === 'rejected' && one.reason).toBeInstanceOf(ReadingLost);
    fatal.close();
    expect(await read(lane, 'https://a.test/1', page(1))).toMatchObject({
      settlement: { verdict: { kind: 'fetched', page: { title: 'Page 1' } } },
    });
  });

  it('and one that answers nothing any more is ended', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'outrider-thread-'));
    try {
      const program = pathToFileURL(join(folder, 'stuck.mjs'));
      await writeFile(fileURLToPath(program), 'setInterval(() => {}, 1_000);');
      const lane = opened(startHost({ program, stuckMs: 300 }).open(CONFIG));
      await expect(read(lane, 'https://a.test/', page(0))).rejects.toThrow(ReadingLost);
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});
