import {
  expireExecutions,
  listRollups,
  readExecutionAnalytics,
  storeAnalytics,
  type Tx,
  takeUnanalyzedExecution,
} from '@outrider/db';
import { type Outcome, plantCampaign, plantExecution, settleUrl } from '@outrider/db/testing';
import type { CampaignRollup, ExecutionAnalytics } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { countRows, openTestPlatform, type TestPlatform, takeTestLane } from '../testing/test-platform.js';
import { analyzeEndedExecutions } from './analyze-executions.js';
import { completeExecutions } from './complete-executions.js';

const url = (n: number): string => `https://a.test/${n}`;

let platform: TestPlatform;
let campaignId: string;
beforeEach(async () => {
  platform = await openTestPlatform('postgres', 30);
  campaignId = await plantCampaign(platform.db);
});
afterEach(() => platform.close());

const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
const analyze = () => analyzeEndedExecutions(platform);

const OUTCOMES: readonly Outcome[] = [
  { fetched: 200 },
  { fetched: 404 },
  { failed: 'timeout' },
  { skipped: 'robots_txt' },
  { fetched: 500 },
];

/** An execution with these outcomes; ended unless told otherwise. */
async function plantRun(outcomes: readonly Outcome[] = OUTCOMES, end = true): Promise<string> {
  const seeds = outcomes.map((_, n) => url(n));
  const { executionId, laneIds } = await plantExecution(platform.db, { campaignId, seeds });
  await takeTestLane(platform, laneIds[0] ?? '');
  await within(async (tx) => {
    for (const [n, outcome] of outcomes.entries()) await settleUrl(tx, executionId, url(n), outcome);
    await tx.sql`
      update crawl_results set content_type = 'Text/HTML; charset=utf-8', decoded_bytes = 4000, internal_links = 3,
        external_links = 2, indexable = status_code < 400 where execution_id = ${executionId}`;
  });
  if (end) await completeExecutions(platform);
  return executionId;
}

const read = (executionId: string, rowsLookedAt?: number): Promise<ExecutionAnalytics> =>
  platform.db.app.withTenant(
    platform.db.tenantId,
    (tx) => readExecutionAnalytics(tx, executionId, rowsLookedAt),
    { readOnly: true },
  );
const rollups = async (by: 'day' | 'execution'): Promise<CampaignRollup[]> =>
  (await within((tx) => listRollups(tx, { campaignId, by, limit: 100, after: null }))).items;

const FIGURES = {
  pagesCrawled: 3,
  pagesFailed: 1,
  errorsEncountered: 3,
  urlsDiscovered: 5,
  urlsSkipped: 1,
  indexablePages: 1,
  wireBytes: 3_000,
  decodedBytes: 12_000,
  links: { internal: 9, external: 6 },
  statusClasses: { '2xx': 1, '4xx': 1, '5xx': 1 },
  contentTypes: { 'text/html': 3 },
  depths: { '0': 3 },
  failuresByCode: { timeout: 1 },
  skippedByReason: { robots_txt: 1 },
  discoveredByMethod: { seed: 5 },
};

describe('the figures of an execution', () => {
  it('are made once it has ended, and are what was counted from its rows before', async () => {
    const executionId = await plantRun();
    const before = await read(executionId);
    expect(before).toMatchObject({ basis: 'recount', sample: null, status: 'completed', figures: FIGURES });
    expect(before.figures.responseTimes?.p50Ms).toBeCloseTo(12.5, 0);
    expect(await analyze()).toEqual({ analyzed: 1 });
    const after = await read(executionId);
    expect(after).toMatchObject({ basis: 'final', sample: null });
    expect(after.figures).toEqual(before.figures);
    expect(await rollups('execution')).toMatchObject([{ executionId, executions: 1, figures: FIGURES }]);
  });

  it('are made once by many orchestrators at once, and add up in their day', async () => {
    const ids = [];
    for (let n = 0; n < 4; n += 1) ids.push(await plantRun());
    const reports = await Promise.all(Array.from({ length: 8 }, analyze));
    expect(reports.reduce((sum, { analyzed }) => sum + (analyzed ?? 0), 0)).toBe(4);
    expect((await rollups('execution')).map(({ executionId }) => executionId)).toEqual(ids.reverse());
    const [day, ...others] = await rollups('day');
    expect(others).toEqual([]);
    expect(day).toMatchObject({
      executions: 4,
      figures: { pagesCrawled: 12, statusClasses: { '2xx': 4, '4xx': 4, '5xx': 4 } },
    });
    expect(await analyze()).toEqual({ analyzed: 0 });
    expect(await rollups('day')).toEqual([day]);
  });

  it('of one whose analysis was cut off in its midst are made by the next, as if nothing had been', async () => {
    const executionId = await plantRun();
    const dying = platform.database.withSystem(async (tx) => {
      const taken = await takeUnanalyzedExecution(tx, []);
      expect(taken?.id).toBe(executionId);
      if (taken !== null) await storeAnalytics(tx, taken);
      throw new Error('killed');
    });
    await expect(dying).rejects.toThrow('killed');
    expect(await countRows(platform, 'campaign_analytics')).toBe(0);
    await analyze();
    expect(await rollups('day')).toMatchObject([{ executions: 1, figures: FIGURES }]);
  });

  it('that cannot be made hold up no others', async () => {
    const broken = await plantRun();
    const whole = await plantRun();
    await within(
      ({ sql }) => sql`
        insert into campaign_analytics (campaign_id, period, period_key, tenant_id, summary)
        values (${campaignId}, 'execution', ${broken}, ${platform.db.tenantId}, '{"pagesCrawled": "many"}')`,
    );
    expect(await analyze()).toEqual({ analyzed: 1 });
    expect(await read(whole)).toMatchObject({ basis: 'final' });
    expect(await read(broken)).toMatchObject({ basis: 'recount', figures: FIGURES });
    await expect(analyze()).rejects.toThrow();
  });

  it('go to the days on which they came about', async () => {
    const executionId = await plantRun();
    await within(async ({ sql }) => {
      await sql`
        update crawl_results set fetched_at = '2026-01-31T23:59:59Z' where execution_id = ${executionId} and status_code = 200`;
      await sql`update url_discovery_log set discovered_at = '2026-01-30T12:00:00Z' where execution_id = ${executionId}`;
    });
    await analyze();
    const [today, page, found] = await rollups('day');
    expect(found).toMatchObject({
      day: '2026-01-30',
      executions: 0,
      figures: { urlsDiscovered: 5, pagesCrawled: 0 },
    });
    expect(page).toMatchObject({
      day: '2026-01-31',
      executions: 0,
      figures: { pagesCrawled: 1, errorsEncountered: 0 },
    });
    expect(today).toMatchObject({
      executions: 1,
      figures: { pagesCrawled: 2, errorsEncountered: 3, urlsDiscovered: 0 },
    });
    expect(await rollups('execution')).toMatchObject([{ figures: FIGURES }]);
    const { items } = await within((tx) =>
      listRollups(tx, { campaignId, by: 'day', limit: 9, after: null, from: '2026-01-31', to: '2026-01-31' }),
    );
    expect(items).toEqual([page]);
  });

  it('of one that runs are estimated from a bounded number of rows, brought up to what its lanes counted', async () => {
    const outcomes = Array.from({ length: 60 }, (_, n): Outcome => ({ fetched: n % 4 === 0 ? 404 : 200 }));
    const executionId = await plantRun(outcomes, false);
    const { basis, sample, figures } = await read(executionId, 20);
    expect(basis).toBe('sample');
    expect(sample).toEqual({ pages: 20, urls: 20, errors: 0 });
    expect(figures).toMatchObject({
      pagesCrawled: 60,
      urlsDiscovered: 60,
      errorsEncountered: 15,
      wireBytes: 60_000,
    });
    const { '2xx': good = 0, '4xx': bad = 0 } = figures.statusClasses;
    expect(good + bad).toBe(60);
    expect(await read(executionId)).toMatchObject({
      basis: 'recount',
      figures: { statusClasses: { '2xx': 45, '4xx': 15 } },
    });
  });

  it('stay when the execution leaves the history, which it does not before they are made', async () => {
    const ids = [await plantRun(), await plantRun()];
    const expire = () =>
      platform.database.withSystem((tx) => expireExecutions(tx, { executions: 1, days: 0 }, 10));
    expect(await expire()).toBe(0);
    await analyze();
    expect(await expire()).toBe(1);
    expect((await rollups('execution')).map(({ executionId }) => executionId)).toEqual(ids.reverse());
    expect(await rollups('day')).toMatchObject([{ executions: 2, figures: { pagesCrawled: 6 } }]);
  });
});
