import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { settlePending } from '@outrider/db';
import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { campaignConfig } from '@outrider/shared';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import type { Fetcher } from '../fetch/fetcher.js';
import { crawlToEnd, queueTestExecution, startTestWorker } from '../testing/test-crawl.js';
import { TRAP_SITES } from '../testing/trap-sites.js';
import type { CrawlWorker } from './crawl-worker.js';

/** A site without end, and how a crawl of it comes to one. {host} and {domain} are those of the site. */
interface Trap {
  readonly id: string;
  readonly input: {
    readonly site: string;
    readonly scope?: Readonly<Record<string, unknown>>;
    readonly traps?: Readonly<Record<string, number>>;
  };
  readonly expected: {
    readonly fetched?: number;
    readonly fetchedAtMost?: number;
    /** The rule that skips what would have gone on for ever. */
    readonly rule?: string;
    /** The other limit that ends the crawl. */
    readonly stops?: 'depth_limit' | 'page_limit';
  };
}

const FILE = new URL('../../../../fixtures/bad-inputs/traps.json', import.meta.url);
const TRAPS = JSON.parse(readFileSync(FILE, 'utf8')) as readonly Trap[];

let db: TestDatabase;
let server: Server;
let worker: CrawlWorker;
let fetcher: Fetcher;

/** `n1.t05-hosts.test` is a host of the site of case T05-hosts. */
const caseOf = (host: string): string =>
  host
    .replace(/\.test.*$/, '')
    .split('.')
    .at(-1) ?? '';

beforeAll(async () => {
  db = await createTestDatabase(inject('postgresAdminUrl'));
  server = createServer((request, response) => {
    const host = request.headers.host ?? '';
    const trap = TRAPS.find(({ id }) => id.toLowerCase() === caseOf(host));
    const site = TRAP_SITES[trap?.input.site ?? ''];
    if (site === undefined || request.url === '/robots.txt') return response.writeHead(404).end();
    return response.writeHead(200, { 'content-type': 'text/html' }).end(site(request.url ?? '/', host));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const resolve = async (): Promise<{ address: string; family: 4 }[]> => [
    { address: '127.0.0.1', family: 4 },
  ];
  ({ worker, fetcher } = startTestWorker(db, { fetcher: { resolve } }));
  await worker.start();
});
afterAll(async () => {
  await worker.stop();
  await fetcher.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await db.drop();
});

interface Ending {
  readonly fetched: number;
  readonly pending: number;
  readonly rules: readonly string[];
  readonly reasons: readonly string[];
}

async function crawl({ id, input }: Trap, lanes = 1): Promise<Ending> {
  const { port } = server.address() as AddressInfo;
  const seed = `http://${id.toLowerCase()}.test:${port}/start`;
  const execution = await queueTestExecution(db, [seed], { scope: input.scope, traps: input.traps, lanes });
  const { executionId } = execution;
  await Promise.all([crawlToEnd(db, worker, execution, 60_000), endAtPageLimit(executionId)]);
  return db.system.withSystem(async (tx) => {
    const [counts] = await tx.sql<{ fetched: number; pending: number }[]>`
      select count(*) filter (where state = 'fetched')::int as fetched,
        count(*) filter (where state in ('pending', 'leased'))::int as pending
      from crawl_targets where execution_id = ${executionId}`;
    const skips = await tx.sql<{ skip_reason: string; skip_rule: string }[]>`
      select distinct skip_reason, skip_rule from url_discovery_log
      where execution_id = ${executionId} and not should_crawl`;
    return {
      fetched: counts?.fetched ?? 0,
      pending: counts?.pending ?? 0,
      rules: skips.map(({ skip_rule: rule }) => rule),
      reasons: [...new Set(skips.map(({ skip_reason: reason }) => reason))],
    };
  });
}

/** Ends the crawl as the orchestrator would, once its page limit is all it waits for. */
async function endAtPageLimit(executionId: string): Promise<void> {
  for (;;) {
    const isOver = await db.system.withSystem(async (tx) => {
      const [state] = await tx.sql<{ open: number; leased: number; fetched: number; most: number }[]>`
        select count(*) filter (where target.state in ('pending', 'leased'))::int as open,
          count(*) filter (where target.state = 'leased')::int as leased,
          count(*) filter (where target.state = 'fetched')::int as fetched,
          max((execution.config #>> '{scope,maxPages}')::int) as most
        from crawl_targets target join campaign_executions execution on execution.id = target.execution_id
        where target.execution_id = ${executionId}`;
      if (state === undefined || state.open === 0) return true;
      if (state.leased === 0 && state.fetched === state.most) {
        await settlePending(tx, executionId, { reason: 'page_limit', rule: 'scope.maxPages' });
      }
      return false;
    });
    if (isOver) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function expectEnding({ id, expected }: Trap, ending: Ending): void {
  const { port } = server.address() as AddressInfo;
  const domain = `${id.toLowerCase()}.test`;
  if (expected.fetched !== undefined) expect(ending.fetched).toBe(expected.fetched);
  expect(ending.fetched).toBeLessThanOrEqual(expected.fetchedAtMost ?? Number.POSITIVE_INFINITY);
  expect(ending.pending).toBe(0);
  if (expected.rule !== undefined) {
    const rule = expected.rule.replaceAll('{host}', `${domain}:${port}`).replaceAll('{domain}', domain);
    expect(ending.rules).toContain(rule);
    expect(ending.reasons).toEqual(['trap']);
  }
  if (expected.stops !== undefined) expect(ending.reasons).toEqual([expected.stops]);
}

describe('a site without end', () => {
  it.each(TRAPS.map((trap) => [trap.id, trap] as const))(
    '%s is crawled to an end, which says what stopped it',
    async (_, trap) => expectEnding(trap, await crawl(trap)),
    90_000,
  );

  it('uses up one budget, however many lanes crawl it', async () => {
    const trap = TRAPS.find(({ id }) => id === 'T01-calendar-in-query');
    if (trap === undefined) throw new Error('the case is gone');
    expectEnding(trap, await crawl(trap, 4));
  }, 90_000);

  it('has a limit on everything by default', () => {
    const { scope, traps } = campaignConfig.parse({});
    expect([scope.maxPages, scope.maxDepth, scope.maxDurationSeconds]).toEqual([100_000, 20, 86_400]);
    expect(Object.entries(traps).filter(([, limit]) => limit === 0)).toEqual([]);
  });
});
