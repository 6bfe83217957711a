import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { setUp } from '../../scripts/setup.mjs';
import { alive, until } from './outrider-program.js';
import { crawlResultOf, jsonOf, openSession, type Session } from './outrider-session.js';

const RUN_LIMIT_MS = 180_000;
/** Slow enough that the worker is stopped in the middle of it. */
const SITE = { seed: 21, pages: 400, linksPerPage: 6, delayMs: 60 };
let session: Session;

beforeAll(async () => setUp(), 300_000);
beforeEach(async () => {
  session = await openSession({ OUTRIDER_LANE_LEASE_MS: '3000' });
});
afterEach(() => session.close());

function workersOf(text: string): number[] {
  return [...text.matchAll(/The worker is ready \(process (\d+)\)/g)].map(([, pid]) => Number(pid));
}

it(
  'a worker that hangs is replaced by `up`, and its crawl comes to its end with every page fetched',
  async () => {
    const oracle = await session.site(SITE);
    const platform = session.start(['up', '--port', '0', '--json']);
    await until('the platform', () => platform.stdout().includes('\n'));
    const crawl = session.start(['crawl', oracle.seedUrl, '--json']);
    await until('some pages', () => oracle.fetches().length > 30);

    const [hung = 0] = workersOf(platform.stderr());
    process.kill(hung, 'SIGSTOP');
    const stoppedAt = performance.now();
    // Two seconds between questions, six of them without an answer, and the start of another.
    await until('another worker', () => workersOf(platform.stderr()).length === 2, 60_000);
    expect(performance.now() - stoppedAt).toBeLessThan(45_000);
    expect(platform.stderr()).toContain(
      `The worker has not answered for 12 s and was killed (process ${hung}); starting it again in 0.5 s.`,
    );
    expect(await alive([hung])).toEqual([]);

    oracle.setDelay(0);
    const result = await crawl.result;
    expect(result.code).toBe(0);
    const { status, pagesCrawled, coverage } = crawlResultOf(result);
    expect({ status, pagesCrawled, pending: coverage.pending }).toEqual({
      status: 'completed',
      pagesCrawled: oracle.expected.fetched,
      pending: 0,
    });
    // It is known how the hung one ended: nobody is sent to look for it.
    const { checks } = jsonOf<{ checks: { name: string }[] }>(await session.run('doctor', '--json'));
    expect(checks.find(({ name }) => name === 'workers')).toMatchObject({ status: 'ok', advice: null });
    // Everything else has answered all the while.
    expect(platform.stderr().match(/has not answered/g)).toHaveLength(1);
  },
  RUN_LIMIT_MS,
);
