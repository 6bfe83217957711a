import { existsSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { setUp } from '../../scripts/setup.mjs';
import { alive, descendantsOf, until } from '../end-to-end/outrider-program.js';
import { crawlResultOf, openSession, type Session } from '../end-to-end/outrider-session.js';
import { membersOf, processIds, readOf } from './chromium-processes.js';

const RUN_LIMIT_MS = 180_000;
/** Slow enough that a signal always comes in the middle of it. */
const SITE = { seed: 9, pages: 120, linksPerPage: 6, delayMs: 150 };
let session: Session;

beforeAll(async () => setUp(), 300_000);
beforeEach(async () => {
  session = await openSession();
});
afterEach(() => session.close());

/** What a crawl has on this machine besides its data directory. */
interface Footprint {
  readonly processes: readonly number[];
  /** Process groups of its Chromiums. */
  readonly groups: readonly number[];
  /** Folders of their profiles. */
  readonly folders: readonly string[];
}

/** Everything below a process; Chromium's helpers by group, since zygotes are in no family tree. */
async function footprintOf(pid: number): Promise<Footprint> {
  const processes = [pid, ...(await descendantsOf(pid))];
  const folders = readdirSync(tmpdir())
    .filter((name) => processes.includes(Number(/^outrider-chromium-(\d+)-/.exec(name)?.[1])))
    .map((name) => join(tmpdir(), name));
  const groups = processIds().filter((id) =>
    folders.some((folder) => readOf(id, 'cmdline').includes(folder)),
  );
  return { processes, groups, folders };
}

async function expectNothingOf({ processes, groups, folders }: Footprint): Promise<void> {
  await until('its processes ended', async () => (await alive(processes)).length === 0);
  await until('its Chromiums ended', () => membersOf(groups).length === 0, 10_000);
  await until('its profiles are gone', () => !folders.some((folder) => existsSync(folder)), 10_000);
}

describe('outrider crawl --renderer browser', () => {
  const args = (url: string): string[] => ['crawl', url, '--renderer', 'browser', '--json'];

  it(
    'killed with -9 leaves no Chromium and no profile, and the next run goes on where it was',
    async () => {
      const oracle = await session.site(SITE);
      const lease = { OUTRIDER_LANE_LEASE_MS: '3000' };
      const killed = session.start(args(oracle.seedUrl), lease);
      await until('some pages', () => oracle.fetches().length > 20, 90_000);
      const left = await footprintOf(killed.pid);
      expect(left.folders).toHaveLength(1);
      expect(membersOf(left.groups).length).toBeGreaterThan(2);
      killed.kill('SIGKILL');
      await expectNothingOf(left);

      oracle.setDelay(0);
      const next = await session.start(args(oracle.seedUrl), lease).result;
      expect(next.code).toBe(0);
      expect(next.stderr).toContain('Going on with execution 1');
      const result = crawlResultOf(next);
      expect(result).toMatchObject({ status: 'completed', pagesCrawled: SITE.pages });
    },
    RUN_LIMIT_MS,
  );

  it(
    'whose every process but Chromium is killed with -9 at once leaves none of it either',
    async () => {
      const oracle = await session.site(SITE);
      const killed = session.start(args(oracle.seedUrl));
      await until('some pages', () => oracle.fetches().length > 20, 90_000);
      const left = await footprintOf(killed.pid);
      const members = membersOf(left.groups);
      const guards = left.processes.filter((pid) =>
        readOf(pid, 'cmdline').includes('outrider-chromium-guard'),
      );
      expect(guards).toHaveLength(1);
      const victims = left.processes.filter((pid) => !members.includes(pid) && !guards.includes(pid));
      for (const pid of victims) killNow(pid);
      await expectNothingOf(left);
    },
    RUN_LIMIT_MS,
  );

  it(
    'on Ctrl-C keeps what was rendered, ends with 130, and leaves no Chromium and no profile',
    async () => {
      const oracle = await session.site(SITE);
      const program = session.start(args(oracle.seedUrl));
      await until('some pages', () => oracle.fetches().length > 20, 90_000);
      const left = await footprintOf(program.pid);
      expect(left.folders).toHaveLength(1);
      program.kill('SIGINT');
      const result = await program.result;
      expect(result.code).toBe(130);
      const crawled = crawlResultOf(result);
      expect(crawled.status).toBe('stopped');
      expect(crawled.pagesCrawled).toBeGreaterThan(10);
      expect(crawled.pagesCrawled).toBeLessThan(SITE.pages);
      await expectNothingOf(left);

      oracle.setDelay(0);
      const next = await session.start(args(oracle.seedUrl)).result;
      expect(crawlResultOf(next)).toMatchObject({ status: 'completed', pagesCrawled: SITE.pages });
    },
    RUN_LIMIT_MS,
  );
});

function killNow(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended with another of them.
  }
}
