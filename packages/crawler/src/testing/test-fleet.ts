import { createTestDatabase, type TestDatabase } from '@outrider/db/testing';
import { type Oracle, type SitePlan, startOracle } from '@outrider/oracle';
import { afterEach, beforeEach, inject } from 'vitest';
import type { CrawlWorker } from '../worker/crawl-worker.js';
import { startTestWorker, type TestExecution } from './test-crawl.js';

/** A small site. */
export const SMALL: SitePlan = { seed: 5, pages: 12, linksPerPage: 4 };

export interface TargetRow {
  readonly url: string;
  readonly state: string;
  readonly attempt: number;
  readonly failure_code: string | null;
}

/** A database, sites and workers of each test's own, and what the ledger says of an execution. */
export interface TestFleet {
  readonly db: TestDatabase;
  site(plan: SitePlan): Promise<Oracle>;
  worker(options?: Parameters<typeof startTestWorker>[1]): Promise<CrawlWorker>;
  targets(execution: TestExecution): Promise<TargetRow[]>;
  /** The first lane. */
  lane(execution: TestExecution): Promise<Record<string, unknown>>;
}

/** Call it once per test file: it makes a new fleet before each test and ends it after. */
export function useTestFleet(): TestFleet {
  let db: TestDatabase | null = null;
  const closing: (() => Promise<void>)[] = [];
  const open = (): TestDatabase => {
    if (db === null) throw new Error('there is a fleet only within a test');
    return db;
  };
  beforeEach(async () => {
    db = await createTestDatabase(inject('postgresAdminUrl'));
  });
  afterEach(async () => {
    for (const close of closing.splice(0)) await close();
    await db?.drop();
    db = null;
  });
  return {
    get db() {
      return open();
    },
    async site(plan) {
      const oracle = await startOracle(plan);
      closing.push(() => oracle.close());
      return oracle;
    },
    async worker(options = {}) {
      const { worker, fetcher } = startTestWorker(open(), options);
      await worker.start();
      // Workers end before the sites they crawl.
      closing.unshift(
        () => worker.stop(),
        () => fetcher.close(),
      );
      return worker;
    },
    targets: ({ executionId }) =>
      open().system.withSystem(
        (tx) => tx.sql<TargetRow[]>`
          select url, state, attempt, failure_code from crawl_targets where execution_id = ${executionId} order by url`,
      ),
    async lane({ executionId }) {
      const [lane] = await open().system.withSystem(
        (tx) => tx.sql<Record<string, unknown>[]>`
          select status, epoch, in_flight, waiting_reason, fetched from execution_lanes
          where execution_id = ${executionId} order by lane_number`,
      );
      return lane ?? {};
    },
  };
}

/** How often each page of a site was asked for, robots.txt apart. */
export function pageFetches(oracle: Oracle): Map<string, number> {
  const fetches = oracle.fetchesByUrl();
  fetches.delete(`${oracle.origin}/robots.txt`);
  return fetches;
}
