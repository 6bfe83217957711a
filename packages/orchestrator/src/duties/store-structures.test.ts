import { readStructure } from '@outrider/db';
import { plantExecution, settleUrl } from '@outrider/db/testing';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { countRows, openTestPlatform, type TestPlatform, takeTestLane } from '../testing/test-platform.js';
import { completeExecutions } from './complete-executions.js';
import { storeStructures } from './store-structures.js';

const SEEDS = ['https://a.test/', 'https://a.test/docs/one'];

let platform: TestPlatform;
beforeEach(async () => {
  platform = await openTestPlatform('postgres', 30);
});
afterEach(() => platform.close());

async function plantRun(): Promise<string> {
  const { executionId, laneIds } = await plantExecution(platform.db, { seeds: SEEDS });
  await takeTestLane(platform, laneIds[0] ?? '');
  await platform.db.app.withTenant(platform.db.tenantId, async (tx) => {
    for (const url of SEEDS) await settleUrl(tx, executionId, url, { fetched: 200 });
  });
  return executionId;
}

it('the structure of a site is counted while its execution runs, and stored once when it has ended', async () => {
  const executionId = await plantRun();
  const read = () =>
    platform.db.app.withTenant(platform.db.tenantId, (tx) => readStructure(tx, executionId), {
      readOnly: true,
    });
  const counted = await read();
  expect(counted).toMatchObject({ executionId, pages: 2, complete: true });
  expect(await storeStructures(platform.database)).toEqual({ stored: 0 });

  await completeExecutions(platform);
  expect(await storeStructures(platform.database)).toEqual({ stored: 1 });
  expect(await storeStructures(platform.database)).toEqual({ stored: 0 });
  expect(await read()).toEqual(counted);

  // What is read now is what was stored, without a look at the pages.
  await platform.db.app.withTenant(
    platform.db.tenantId,
    ({ sql }) => sql`delete from crawl_results where execution_id = ${executionId}`,
  );
  expect(await read()).toEqual(counted);
});

it('the structure of a site leaves with its execution', async () => {
  const executionId = await plantRun();
  await completeExecutions(platform);
  await storeStructures(platform.database);
  expect(await countRows(platform, 'execution_structures')).toBe(1);
  await platform.db.system.withSystem(
    ({ sql }) => sql`delete from campaign_executions where id = ${executionId}`,
  );
  expect(await countRows(platform, 'execution_structures')).toBe(0);
});
