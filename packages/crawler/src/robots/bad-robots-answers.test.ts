import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { readRobotsFile, storeRobotsFile } from '@outrider/db';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type Oracle, type RouteHandler, startOracle } from '@outrider/oracle';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { type AddressPolicy, createAddressPolicy } from '../fetch/address-policy.js';
import { createFetcher, type Fetcher } from '../fetch/fetcher.js';
import { ROBOTS_LIFE, RobotsGate, type RobotsStanding } from './robots-gate.js';

type Text = string | { readonly repeat: string; readonly times: number };

interface Answer {
  readonly status?: number;
  /** `{other}` stands for the origin of another host. */
  readonly location?: string;
  readonly body?: readonly Text[];
  readonly gzip?: boolean;
  /** Says that five gigabytes come, and goes on sending. */
  readonly server?: 'five gigabytes';
}

interface Step {
  /** By path; what is not named stays as it was. */
  readonly answers: Readonly<Record<string, Answer>>;
  /** Hours since the step before. Each step is another process. */
  readonly hours?: number;
  /** Whose file is asked about. */
  readonly origin?: 'own' | 'other port' | 'other host' | 'https';
}

interface Case {
  readonly id: string;
  readonly input: { readonly steps: readonly Step[] };
  /** Of each step: what becomes of `/no`, and how often the site was asked for its robots.txt. */
  readonly expected: readonly { readonly verdict: string; readonly requests?: number }[];
}

const FILE = new URL('../../../../fixtures/bad-inputs/robots-answers.json', import.meta.url);
const CASES = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Case[];
/** What a site may send of an endless file before it is cut off; far less is read. */
const SENT_AT_MOST = 20 * 2 ** 20;

let db: TestDatabase;
let fetcher: Fetcher;
const sites: Oracle[] = [];
const open = createAddressPolicy({ allowPrivateNetworks: true });
const strict = createAddressPolicy({ allowPrivateNetworks: false });
/** Loopback stands for the public network. */
const addressPolicy: AddressPolicy = {
  check: (address) => (address.startsWith('127.') ? open : strict).check(address),
  checkUrl: (url) => (new URL(url).hostname.startsWith('127.') ? open : strict).checkUrl(url),
};

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  fetcher = createFetcher({ addressPolicy });
});
afterAll(async () => {
  await fetcher.close();
  await db.drop();
});

afterEach(async () => {
  for (const site of sites.splice(0)) await site.close();
});

function handlerOf(answer: Answer, other: string): RouteHandler {
  const text = (answer.body ?? []).map((part) =>
    typeof part === 'string' ? part : part.repeat.repeat(part.times),
  );
  if (answer.server === 'five gigabytes') return endless(text.join(''));
  const body = answer.gzip === true ? gzipSync(text.join('')) : text.join('');
  const location = answer.location?.replace('{other}', other);
  return {
    status: answer.status ?? 200,
    headers: {
      ...(location === undefined ? {} : { location }),
      ...(answer.gzip === true ? { 'content-encoding': 'gzip' } : {}),
    },
    body,
  };
}

function endless(start: string): RouteHandler {
  return async (_, response) => {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': String(5 * 2 ** 30) });
    response.write(start);
    const line = Buffer.from(`# ${'x'.repeat(1_000)}\n`.repeat(60));
    const closed = once(response, 'close');
    let sent = 0;
    while (!response.destroyed) {
      sent += line.length;
      if (sent > SENT_AT_MOST) throw new Error('the file is read on and on');
      if (response.write(line)) continue;
      const drained = new Promise((resolve) => response.once('drain', resolve));
      await Promise.race([drained, closed]);
    }
  };
}

function originOf({ origin = 'own' }: Step, oracle: Oracle, another: Oracle): string {
  switch (origin) {
    case 'own':
      return oracle.origin;
    case 'other port':
      return another.origin;
    case 'other host':
      return oracle.origins[1] ?? '';
    case 'https':
      return oracle.origin.replace('http:', 'https:');
  }
}

function verdictOf(standing: RobotsStanding, origin: string): string {
  if (standing.kind === 'unreachable') return 'unreachable';
  const isAllowed =
    standing.kind === 'allow_all' || standing.file.decide('OutriderBot', `${origin}/no/but`).allowed;
  return isAllowed ? 'allowed' : 'disallowed';
}

const pass = (hours: number): Promise<unknown> =>
  db.system.withSystem(
    (tx) => tx.sql`
      update robots_files set fetched_at = fetched_at - ${hours} * interval '1 hour',
        expires_at = expires_at - ${hours} * interval '1 hour'`,
  );

function ask(origin: string): Promise<{ readonly standing: RobotsStanding }> {
  const gate = new RobotsGate(fetcher, {
    read: (asked) => db.system.withSystem((tx) => readRobotsFile(tx, asked)),
    write: (asked, robots) => db.system.withSystem((tx) => storeRobotsFile(tx, asked, robots, ROBOTS_LIFE)),
  });
  const { signal } = new AbortController();
  return gate.ask({ origin, userAgent: 'OutriderBot/1.0', timeoutMs: 5_000, signal });
}

describe(`robots.txt files that come badly (${CASES.length} cases)`, () => {
  it.each(CASES)('$id', async ({ input, expected }) => {
    const plan = { seed: 1, pages: 1, linksPerPage: 1, hosts: 2 };
    const oracle = await startOracle(plan);
    const another = await startOracle(plan);
    sites.push(oracle, another);
    const seen: unknown[] = [];
    for (const [index, step] of input.steps.entries()) {
      const origin = originOf(step, oracle, another);
      await pass(step.hours ?? 0);
      for (const [path, answer] of Object.entries(step.answers)) {
        oracle.set(path, handlerOf(answer, oracle.origins[1] ?? ''));
      }
      const requests = (): number =>
        [oracle, another].flatMap((site) => site.fetches()).filter(({ path }) => path === '/robots.txt')
          .length;
      const before = requests();
      const verdict = verdictOf((await ask(origin)).standing, origin);
      seen.push(
        expected[index]?.requests === undefined ? { verdict } : { verdict, requests: requests() - before },
      );
    }
    expect(seen).toEqual(expected);
  });
});
