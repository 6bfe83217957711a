import type { Database } from '@outrider/db';
import { plantExecution, settleUrl } from '@outrider/db/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTestPlatform, type TestPlatform, takeTestLane } from '../testing/test-platform.js';
import { analyzeEndedExecutions } from './analyze-executions.js';
import { compareEndedExecutions } from './compare-sitemaps.js';
import { completeExecutions } from './complete-executions.js';
import type { DutyReport } from './duty.js';
import { indexEndedExecutions } from './index-inlinks.js';
import { storeStructures } from './store-structures.js';

const SEED = 'https://a.test/';

let platform: TestPlatform;
beforeEach(async () => {
  platform = await openTestPlatform('postgres', 30);
  const { executionId, laneIds } = await plantExecution(platform.db, { seeds: [SEED] });
  await takeTestLane(platform, laneIds[0] ?? '');
  await platform.db.app.withTenant(platform.db.tenantId, (tx) =>
    settleUrl(tx, executionId, SEED, { fetched: 200 }),
  );
  await completeExecutions(platform);
});
afterEach(() => platform.close());

/** The database, and how many workers PostgreSQL might have taken to help with a statement of each of its transactions. */
function watched(database: Database): { readonly database: Database; readonly helpers: number[] } {
  const helpers: number[] = [];
  const withSystem: Database['withSystem'] = (work, options) =>
    database.withSystem(async (tx) => {
      const done = await work(tx);
      const [row] = await tx.sql<{ helpers: number }[]>`
        select current_setting('max_parallel_workers_per_gather')::int as helpers`;
      helpers.push(row?.helpers ?? Number.NaN);
      return done;
    }, options);
  return { database: { ...database, withSystem }, helpers };
}

it('what follows the end of an execution takes one core, and leaves the others to those who wait for an answer', async () => {
  const usual = watched(platform.database);
  await usual.database.withSystem(async () => undefined);
  expect(usual.helpers[0]).toBeGreaterThan(0);
  const logger = platform.logger;
  const duties: Record<string, (database: Database) => Promise<DutyReport>> = {
    indexed: indexEndedExecutions,
    compared: compareEndedExecutions,
    stored: storeStructures,
    analyzed: (database) => analyzeEndedExecutions({ database, logger }),
  };
  for (const [name, run] of Object.entries(duties)) {
    const { database, helpers } = watched(platform.database);
    expect(await run(database)).toEqual({ [name]: 1 });
    // One transaction that finds the execution, and one that finds no more.
    expect(helpers, name).toEqual([0, 0]);
  }
});
