import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CrawlResult } from '@outrider/cli';
import type { Oracle, SitePlan } from '@outrider/oracle';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setUp } from '../../scripts/setup.mjs';
import { alive, descendantsOf, until } from './outrider-program.js';
import { crawlResultOf, jsonOf, openSession, type Session } from './outrider-session.js';

const SITE: SitePlan = {
  seed: 7,
  pages: 120,
  linksPerPage: 6,
  plant: {
    notFound: 4,
    redirects: 4,
    noindex: 2,
    outOfScope: 3,
    binary: 2,
    robotsTxt: 'User-agent: *\nAllow: /\n',
  },
};
/** Slow enough that a signal always comes in the middle of it. */
const LONG_SITE: SitePlan = { seed: 8, pages: 400, linksPerPage: 6, delayMs: 80 };

const RUN_LIMIT_MS = 120_000;
let session: Session;

beforeAll(async () => setUp(), 300_000);

beforeEach(async () => {
  session = await openSession();
});

afterEach(() => session.close());

function expectWhole(result: CrawlResult, oracle: Oracle): void {
  const { expected } = oracle;
  const answers = Object.entries(expected.byStatus);
  const broken = answers
    .filter(([status]) => Number(status) >= 400)
    .reduce((sum, [, count]) => sum + count, 0);
  expect(result).toMatchObject({
    status: 'completed',
    pagesCrawled: expected.fetched,
    errorsEncountered: broken + expected.failed,
    coverage: {
      discovered: expected.inScopeUrls.size + expected.outOfScopeUrls.size,
      fetched: expected.fetched,
      failed: expected.failed,
      skipped: expected.outOfScopeUrls.size,
      pending: 0,
    },
  });
}

const pagesSeen = (oracle: Oracle) => () => oracle.fetches().length > 30;

describe('outrider crawl', () => {
  it(
    'through npm, prints one JSON object and nothing else on standard output',
    async () => {
      const oracle = await session.site(SITE);
      const result = await session.npmRun('crawl', '--', oracle.seedUrl, '--json', '--workers', '2').result;
      expect(result).toMatchObject({ code: 0 });
      const parsed = crawlResultOf(result);
      expect(Object.keys(parsed).sort()).toEqual(
        ['coverage', 'durationSeconds', 'errorsEncountered', 'executionId', 'pagesCrawled', 'status'].sort(),
      );
      expectWhole(parsed, oracle);
      for (const url of oracle.expected.inScopeUrls) expect(oracle.fetchesByUrl().get(url)).toBe(1);
      for (const url of oracle.expected.outOfScopeUrls) expect(oracle.fetchesByUrl().has(url)).toBe(false);
    },
    RUN_LIMIT_MS,
  );

  it(
    'refuses to go without options that npm kept to itself, and says what to type',
    async () => {
      const url = 'http://127.0.0.1:9/';
      // Standard output is npm's: with --json it describes the failure there.
      const { code, stderr } = await session.npmRun('crawl', url, '--json', '--max-pages', '5').result;
      expect(code).toBe(2);
      expect(stderr).toContain(`\n  npm run crawl -- ${url} --max-pages 5 --json\n`);
      expect(await readdir(session.dataDir)).toEqual([]);
    },
    RUN_LIMIT_MS,
  );

  it(
    'prints a report, leaves nothing running, and gathers its runs in one campaign',
    async () => {
      const oracle = await session.site(SITE);
      const first = session.start(['crawl', oracle.seedUrl, '--max-pages', '50']);
      await until('the workers of the first run', () => oracle.fetches().length > 0);
      const below = await descendantsOf(first.pid);
      const { code, stdout } = await first.result;
      expect(code).toBe(0);
      expect(stdout).toContain(`${oracle.seedUrl}, execution 1`);
      expect(stdout).toContain('page_limit');
      expect(await alive(below)).toEqual([]);
      await expect(stat(join(session.dataDir, 'platform.json'))).rejects.toMatchObject({ code: 'ENOENT' });

      const second = await session.run('crawl', oracle.seedUrl);
      expect(second.code).toBe(0);
      expect(second.stdout).toContain(`${oracle.seedUrl}, execution 2`);
      expect(second.stdout).toContain('completed: every URL in scope was visited');
      for (const url of oracle.urlsOf('notFound')) expect(second.stdout).toContain(`404  ${url}`);
      expect(second.stdout).toContain('linked from');
      expect(first.stdout()).not.toContain('outrider changes');
      expect(second.stdout).toMatch(/^ {2}outrider changes [0-9a-f-]{36}$/m);
      expect(second.stdout).toContain('out_of_scope');
    },
    RUN_LIMIT_MS,
  );

  it(
    'on Ctrl-C keeps what was gathered, says so and ends with 130',
    async () => {
      const oracle = await session.site(LONG_SITE);
      const program = session.start(['crawl', oracle.seedUrl, '--json']);
      await until('some pages', pagesSeen(oracle));
      const below = await descendantsOf(program.pid);
      program.kill('SIGINT');
      // npm passes the signal on that the terminal has sent already: that is no second request.
      program.kill('SIGINT');
      const result = await program.result;
      expect(result.code).toBe(130);
      const parsed = crawlResultOf(result);
      expect(parsed.status).toBe('stopped');
      expect(parsed.pagesCrawled).toBeGreaterThan(20);
      expect(parsed.pagesCrawled).toBeLessThan(LONG_SITE.pages);
      expect(await alive(below)).toEqual([]);

      const platform = session.start(['up', '--port', '0', '--json']);
      await until('the platform', () => platform.stdout().includes('\n'));
      const pages = await session.run('pages', parsed.executionId, '--all', '--json');
      expect(jsonOf<{ items: unknown[] }>(pages).items).toHaveLength(parsed.pagesCrawled);
    },
    RUN_LIMIT_MS,
  );

  it(
    'killed with -9 leaves no process, and the next run goes on where it was',
    async () => {
      const oracle = await session.site(LONG_SITE);
      const args = ['crawl', oracle.seedUrl, '--json', '--concurrency', '8'];
      // The lane of the killed worker is given away when its lease ends.
      const lease = { OUTRIDER_LANE_LEASE_MS: '3000' };
      const killed = session.start(args, lease);
      await until('some pages', pagesSeen(oracle));
      const below = await descendantsOf(killed.pid);
      expect(below.length).toBeGreaterThan(4);
      killed.kill('SIGKILL');
      await until('everything below it ended', async () => (await alive(below)).length === 0);

      oracle.setDelay(0);
      const next = await session.start(args, lease).result;
      expect(next.code).toBe(0);
      expect(next.stderr).toContain('Going on with execution 1');
      expectWhole(crawlResultOf(next), oracle);
    },
    RUN_LIMIT_MS,
  );

  it(
    'refuses what it cannot crawl with 2, before anything is started',
    async () => {
      const refused: readonly [args: string[], said: RegExp][] = [
        [['http://127.0.0.1:8080/'], /private or reserved network[\s\S]*OUTRIDER_ALLOW_PRIVATE_NETWORKS=1/],
        [['http://[::1]/'], /private or reserved network/],
        [['http://169.254.169.254/'], /private or reserved network|can never be crawled/],
        [['https://example.com:8443/'], /OUTRIDER_ALLOWED_PORTS=8443/],
        [['ftp://example.com/'], /Only http and https/],
        [['https://user:secret@example.com/'], /must not carry a user name/],
        [['https://'], /cannot be crawled/],
        [['https://example.com/', '--renderer', 'lynx'], /no such renderer/],
        [['https://example.com/', '--max-pages', '0'], /--max-pages/],
        [['https://example.com/', '--deny', '('], /--deny/],
        [[], /missing required argument/],
      ];
      for (const [args, said] of refused) {
        const { code, stdout, stderr } = await session.start(['crawl', ...args], {
          OUTRIDER_ALLOW_PRIVATE_NETWORKS: '',
        }).result;
        expect({ args, code, stdout }).toEqual({ args, code: 2, stdout: '' });
        expect(stderr).toMatch(said);
      }
      expect(await readdir(session.dataDir)).toEqual([]);
    },
    RUN_LIMIT_MS,
  );

  it(
    'in browser mode without a browser says at once what is missing, and starts nothing that would wait',
    async () => {
      const oracle = await session.site(SITE);
      const { code, stdout, stderr } = await session.start(
        ['crawl', oracle.seedUrl, '--renderer', 'browser', '--json'],
        { CHROMIUM_PATH: '/nonexistent/chromium' },
      ).result;
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(/no Chromium here[\s\S]*CHROMIUM_PATH/);
      expect(oracle.fetches()).toEqual([]);
    },
    RUN_LIMIT_MS,
  );

  it(
    'ends with 1 when the site gives nothing',
    async () => {
      const oracle = await session.site(SITE);
      await oracle.close();
      const result = await session.run('crawl', oracle.seedUrl, '--json');
      expect(result.code).toBe(1);
      expect(crawlResultOf(result)).toMatchObject({ status: 'failed', pagesCrawled: 0 });
    },
    RUN_LIMIT_MS,
  );
});

describe('outrider up', () => {
  it(
    'serves crawls and commands, refuses a second, replaces what dies, and ends in order',
    async () => {
      const oracle = await session.site(SITE);
      const platform = session.start(['up', '--port', '0', '--workers', '2', '--json']);
      await until('the platform', () => platform.stdout().includes('\n'));
      const { apiUrl } = JSON.parse(platform.stdout()) as { apiUrl: string };
      const below = await descendantsOf(platform.pid);

      const second = await session.run('up', '--port', '0');
      expect(second).toMatchObject({ code: 1, stdout: '' });
      expect(second.stderr).toContain(`already: ${apiUrl}, process ${platform.pid}`);

      const crawl = await session.run('crawl', oracle.seedUrl, '--json');
      expect(crawl).toMatchObject({ code: 0 });
      expect(crawl.stderr).not.toContain('Starting Outrider');
      expectWhole(crawlResultOf(crawl), oracle);
      const { executionId } = crawlResultOf(crawl);

      const table = await session.run('pages', executionId, '--status', '404');
      for (const url of oracle.urlsOf('notFound')) expect(table.stdout).toContain(url);
      const [outside = ''] = oracle.expected.outOfScopeUrls;
      const explained = await session.run('explain', executionId, outside, '--json');
      expect(jsonOf(explained)).toMatchObject({
        outcome: 'skipped',
        discovery: { skipReason: 'out_of_scope' },
      });
      expect((await session.run('execution', executionId)).stdout).toContain(
        'completed: every URL in scope was visited',
      );
      const [missing = ''] = oracle.urlsOf('notFound');
      const inlinks = await session.run('links', executionId, missing, '--direction', 'in', '--json');
      expect(jsonOf<{ items: unknown[] }>(inlinks).items.length).toBeGreaterThan(0);
      const skipped = await session.run(
        'discovered',
        oracle.seedUrl,
        '--skip-reason',
        'out_of_scope',
        '--all',
        '--json',
      );
      expect(jsonOf<{ items: unknown[] }>(skipped).items).toHaveLength(oracle.expected.outOfScopeUrls.size);
      expect(await session.run('execution', '01890000-0000-7000-8000-000000000000')).toMatchObject({
        code: 5,
      });
      const errors = jsonOf<{ items: { id: string }[] }>(
        await session.run('errors', oracle.seedUrl, '--json'),
      );
      const [error] = errors.items;
      const resolved = await session.run('resolve', error?.id ?? '', '--notes', 'moved', '--json');
      expect(jsonOf(resolved)).toMatchObject({ resolved: true, resolutionNotes: 'moved' });

      const workers = async (): Promise<number[]> => {
        const list = jsonOf<{ items: { pid: number; state: string }[] }>(
          await session.run('workers', '--json'),
        );
        return list.items.filter((worker) => worker.state !== 'gone').map((worker) => worker.pid);
      };
      const before = await workers();
      expect(before).toHaveLength(2);
      const [victim = 0] = before;
      process.kill(victim, 'SIGKILL');
      await until('a new worker', async () => (await workers()).some((pid) => !before.includes(pid)));
      expect(platform.stderr()).toContain('ended by itself (the worker');

      const now = await descendantsOf(platform.pid);
      platform.kill('SIGTERM');
      const { code, stderr } = await platform.result;
      expect(code).toBe(0);
      expect(stderr).toContain('Everything has ended in order.');
      expect(await alive([...below, ...now])).toEqual([]);
      const gone = await session.run('campaigns');
      expect(gone).toMatchObject({ code: 3, stdout: '' });
      const log = await readFile(join(session.dataDir, 'logs', 'worker-1.log'), 'utf8');
      expect(log).toContain('the worker is ready');
    },
    RUN_LIMIT_MS,
  );

  it(
    'brings everything back when the database dies',
    async () => {
      const platform = session.start(['up', '--port', '0', '--json']);
      await until('the platform', () => platform.stdout().includes('\n'));
      const postmaster = await readFile(join(session.dataDir, 'postgres', 'data', 'postmaster.pid'), 'utf8');
      process.kill(Number(postmaster.split('\n')[0]), 'SIGKILL');
      await until('the loss', () => platform.stderr().includes('The database ended by itself'));
      await until('an answer', async () => (await session.run('campaigns', '--json')).code === 0, 90_000);
      platform.kill('SIGINT');
      expect(await platform.result).toMatchObject({ code: 0 });
    },
    RUN_LIMIT_MS,
  );
});
