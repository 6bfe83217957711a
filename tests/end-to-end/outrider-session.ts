import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CrawlResult } from '@outrider/cli';
import { type Oracle, type SitePlan, startOracle } from '@outrider/oracle';
import { expect } from 'vitest';
import {
  alive,
  descendantsOf,
  type ProgramResult,
  type RunningProgram,
  startProgram,
  startScript,
  until,
} from './outrider-program.js';

/** A data directory of a test's own, the programs that run on it, and the sites they crawl. */
export interface Session {
  readonly dataDir: string;
  /** Starts `outrider`; it and all below it are gone after the test. */
  start(args: readonly string[], settings?: Readonly<Record<string, string>>): RunningProgram;
  run(...args: string[]): Promise<ProgramResult>;
  /** Starts an npm script of the repository. */
  npmRun(...args: string[]): RunningProgram;
  site(plan: SitePlan): Promise<Oracle>;
  close(): Promise<void>;
}

/** Opens a session whose settings are the data directory and leave to crawl loopback, and those given. */
export async function openSession(common: Readonly<Record<string, string>> = {}): Promise<Session> {
  const dataDir = await mkdtemp(join(tmpdir(), 'outrider-e2e-'));
  // PostgreSQL runs as another user when the tests run as root.
  await chmod(dataDir, 0o755);
  const settings = { OUTRIDER_DATA_DIR: dataDir, OUTRIDER_ALLOW_PRIVATE_NETWORKS: '1', ...common };
  const cleanups = [() => rm(dataDir, { recursive: true, force: true })];
  const tracked = (program: RunningProgram): RunningProgram => {
    cleanups.push(() => end(program));
    return program;
  };
  const start: Session['start'] = (args, more) => tracked(startProgram(args, { ...settings, ...more }));
  return {
    dataDir,
    start,
    run: (...args) => start(args).result,
    npmRun: (...args) => tracked(startScript(args, settings)),
    site: async (plan) => {
      const oracle = await startOracle(plan);
      cleanups.push(() => oracle.close());
      return oracle;
    },
    close: async () => {
      for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
    },
  };
}

async function end(program: RunningProgram): Promise<void> {
  const below = await descendantsOf(program.pid);
  program.kill('SIGKILL');
  await program.result;
  await until('everything below the program ended', async () => (await alive(below)).length === 0);
}

export function jsonOf<T>({ stdout }: ProgramResult): T {
  return JSON.parse(stdout) as T;
}

/** The one line that `crawl --json` prints, checked to be the only one and to balance. */
export function crawlResultOf(result: ProgramResult): CrawlResult {
  expect(result.stdout.split('\n')).toHaveLength(2);
  const parsed = jsonOf<CrawlResult>(result);
  const { discovered, fetched, failed, skipped, pending } = parsed.coverage;
  expect(discovered).toBe(fetched + failed + skipped + pending);
  expect(parsed.pagesCrawled).toBe(fetched);
  return parsed;
}
