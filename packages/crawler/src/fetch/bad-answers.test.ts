import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { HostResolver } from './host-resolver.js';
import {
  type AnswerPart,
  answerBytes,
  answeringServer,
  type BadConnection,
  type CodedBody,
  codedAnswer,
  testRoot,
  tlsServer,
  unreachableServer,
} from './testing/bad-connections.js';
import { type FetchedPage, fetchSession, scriptedResolver, verdictOf } from './testing/fetch-session.js';

/** One fetch (or the last of several on one session) from a server of its own. */
interface BadAnswer {
  readonly id: string;
  readonly layer: string;
  readonly input: {
    /** What is answered to each request, byte by byte. */
    readonly answer?: readonly AnswerPart[];
    readonly coded?: CodedBody;
    /** What happens to the connection after the answer. Default `open`. */
    readonly end?: 'open' | 'close' | 'reset';
    /** Sent every 50 ms after the answer. */
    readonly trickle?: string;
    /** Kept connections that turn out to be closed. */
    readonly stale?: number;
    readonly tls?: string;
    readonly unreachable?: boolean;
    /** What the resolver says: records, an error code, or nothing at all. */
    readonly dns?: readonly string[] | string;
    readonly limits?: Readonly<Record<string, never>>;
    readonly fetch?: Readonly<Record<string, number>>;
    readonly fetches?: number;
  };
  readonly expected: {
    /** `status N` or the failure's code; of several any. */
    readonly verdict: string | readonly string[];
    readonly retry?: string;
    readonly truncated?: boolean;
    readonly body?: string;
    /** How the body begins. */
    readonly starts?: string;
    readonly contentType?: string;
    readonly header?: readonly [string, string];
    /** How many headers are kept. */
    readonly headers?: number;
    readonly connections?: number;
    /** Our side closes the connection. */
    readonly closed?: boolean;
    /** Bytes by which this process may grow meanwhile. */
    readonly grows?: number;
  };
}

const FILE = new URL('../../../../fixtures/bad-inputs/fetch.json', import.meta.url);
const CASES = (JSON.parse(readFileSync(FILE, 'utf8')) as readonly BadAnswer[]).filter(
  ({ layer }) => layer === 'fetch',
);

async function serverOf({ input }: BadAnswer): Promise<BadConnection> {
  if (input.tls !== undefined) return tlsServer(input.tls);
  if (input.unreachable === true) return unreachableServer();
  const bytes = input.coded === undefined ? answerBytes(input.answer ?? []) : codedAnswer(input.coded);
  const { end = 'open', trickle = null, stale = 0 } = input;
  return answeringServer(bytes, { end, trickle, stale });
}

function resolverOf({ dns = ['127.0.0.1'] }: BadAnswer['input']): HostResolver {
  if (dns === 'silent') return () => new Promise(() => undefined);
  if (typeof dns === 'string') return () => Promise.reject(Object.assign(new Error(dns), { code: dns }));
  return scriptedResolver(dns);
}

async function fetchCase({ input }: BadAnswer, server: BadConnection): Promise<FetchedPage> {
  await using session = fetchSession({
    resolve: resolverOf(input),
    extraRoots: [testRoot()],
    ...input.limits,
  });
  const url = `${input.tls === undefined ? 'http' : 'https'}://site.test:${server.port}/`;
  // The kernel's queue of connections must be full before one is dropped.
  const crowd = input.unreachable === true ? 8 : 1;
  let pages: FetchedPage[] = [];
  for (let n = 0; n < (input.fetches ?? 1); n += 1) {
    pages = await Promise.all(
      Array.from({ length: crowd }, () => session.get(url, { timeoutMs: 5_000, ...input.fetch })),
    );
  }
  const failed = pages.find(({ outcome }) => verdictOf(outcome) === 'connect_timeout');
  const page = failed ?? pages[0];
  if (page === undefined) throw new Error('a case fetches at least once');
  return page;
}

describe('a fetch that meets', () => {
  it.each(CASES.map((one) => [one.id, one] as const))('%s ends as expected', async (_, badAnswer) => {
    const { expected } = badAnswer;
    await using server = await serverOf(badAnswer);
    const before = process.memoryUsage.rss();
    const { outcome, body } = await fetchCase(badAnswer, server);
    expect([expected.verdict].flat()).toContain(verdictOf(outcome));
    const { retry, truncated, contentType } = expected;
    expect(outcome).toMatchObject(JSON.parse(JSON.stringify({ retry, truncated, contentType })) as object);
    if (expected.body !== undefined) expect(body.toString('latin1')).toBe(expected.body);
    if (expected.starts !== undefined) expect(body.toString().startsWith(expected.starts)).toBe(true);
    if (expected.connections !== undefined) expect(server.connections()).toBe(expected.connections);
    if (expected.closed === true) await expect.poll(() => server.closed()).toBe(true);
    if (expected.grows !== undefined) expect(process.memoryUsage.rss() - before).toBeLessThan(expected.grows);
    const headers = outcome.kind === 'response' ? outcome.headers : [];
    if (expected.header !== undefined) expect(headers).toContainEqual(expected.header);
    if (expected.headers !== undefined) expect(headers).toHaveLength(expected.headers);
  });
});
