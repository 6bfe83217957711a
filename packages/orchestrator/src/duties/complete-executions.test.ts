import { readExecutionDetail, recountCoverage, type Tx, transitionExecution } from '@outrider/db';
import { type Outcome, type PlantedExecution, plantExecution, settleUrl } from '@outrider/db/testing';
import { AND_NOFOLLOW, coverageReceipt, executionDetail, urlKey } from '@outrider/shared';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openTestPlatform, readEvents, type TestPlatform, takeTestLane } from '../testing/test-platform.js';
import { completeExecutions } from './complete-executions.js';

const url = (n: number): string => `https://a.test/${n}`;
const SEEDS = [url(0), url(1), url(2), url(3)];

let platform: TestPlatform;

beforeEach(async () => {
  platform = await openTestPlatform('postgres', 13);
});
afterEach(() => platform.close());

const within = <T>(work: (tx: Tx) => Promise<T>) => platform.db.app.withTenant(platform.db.tenantId, work);
const complete = () => completeExecutions(platform);
const detailOf = ({ executionId }: PlantedExecution) => within((tx) => readExecutionDetail(tx, executionId));
const receiptOf = async (planted: PlantedExecution) =>
  coverageReceipt.parse((await detailOf(planted)).resultSummary?.['receipt']);

/** A running execution whose lane is taken and whose first URLs have these outcomes. */
async function plantRunning(
  outcomes: readonly Outcome[],
  scope: object = {},
  seeds = SEEDS,
): Promise<PlantedExecution> {
  const planted = await plantExecution(platform.db, { seeds, config: { scope, lanes: 2 } });
  await takeTestLane(platform, planted.laneIds[0] ?? '');
  await within(async (tx) => {
    for (const [n, outcome] of outcomes.entries()) await settleUrl(tx, planted.executionId, url(n), outcome);
  });
  return planted;
}

const FETCHED: Outcome = { fetched: 200 };
const FAILED: Outcome = { failed: 'timeout' };
const UNREACHABLE: Outcome = { skipped: 'robots_unreachable' };

describe('an execution', () => {
  it.each<[string, readonly Outcome[], object, string, string]>([
    [
      'whose URLs are all settled completes',
      [FETCHED, { fetched: 404 }, FAILED, { skipped: 'robots_txt' }],
      {},
      'completed',
      'frontier_exhausted',
    ],
    [
      'that reached its page limit completes, the rest skipped',
      [FETCHED, FETCHED],
      { maxPages: 2 },
      'completed',
      'page_limit',
    ],
    [
      'of which no seed gave an answer fails',
      [FAILED, FAILED, FAILED, FAILED],
      {},
      'failed',
      'no_usable_seed',
    ],
    [
      'behind an unreachable robots.txt fails',
      [UNREACHABLE, UNREACHABLE, UNREACHABLE, UNREACHABLE],
      {},
      'failed',
      'robots_unreachable',
    ],
    [
      'of which robots.txt refuses all completes',
      Array.from({ length: 4 }, () => ({ skipped: 'robots_txt' as const })),
      {},
      'completed',
      'frontier_exhausted',
    ],
  ])('%s', async (_, outcomes, scope, status, endReason) => {
    const planted = await plantRunning(outcomes, scope);
    expect(await complete()).toEqual({ ended: 1 });
    const detail = await detailOf(planted);
    expect(executionDetail.omit({ waiting: true }).parse(detail)).toEqual(detail);
    expect(detail).toMatchObject({ status, endReason, errorLog: null });
    expect(detail.coverage).toMatchObject({ discovered: 4, pending: 0 });
    expect(detail.resultSummary).toMatchObject({ countersMatch: true, receipt: { balanced: true } });
    expect(await complete()).toEqual({ ended: 0 });
  });

  it('whose time is over completes once nothing is in flight, and says so of every URL left', async () => {
    const planted = await plantRunning([FETCHED], { maxDurationSeconds: 10 });
    const age = () =>
      within(({ sql }) => sql`update campaign_executions set started_at = now() - interval '11 seconds'`);
    expect(await complete()).toEqual({ ended: 0 });
    await age();
    await within((tx) =>
      settleUrl(tx, planted.executionId, url(1), { leasedBy: planted.laneIds[0] ?? '', epoch: 1 }),
    );
    expect(await complete()).toEqual({ ended: 0 });
    await within(
      ({ sql }) =>
        sql`update crawl_targets set state = 'pending', lane_id = null, lane_epoch = null where state = 'leased'`,
    );
    expect(await complete()).toEqual({ ended: 1 });
    expect(await detailOf(planted)).toMatchObject({ status: 'completed', endReason: 'duration_limit' });
    expect(await receiptOf(planted)).toMatchObject({
      fetched: 1,
      skipped: 3,
      skippedByReason: { duration_limit: 3 },
    });
    const [log] = await within(
      ({ sql }) =>
        sql`select should_crawl, skip_reason, skip_rule from url_discovery_log where url_hash = ${urlKey(url(3))}`,
    );
    expect(log).toEqual({
      should_crawl: false,
      skip_reason: 'duration_limit',
      skip_rule: 'maxDurationSeconds have passed',
    });
  });

  it('that was stopped ends stopped, with what it gathered', async () => {
    const planted = await plantRunning([FETCHED]);
    await within((tx) =>
      transitionExecution(tx, { executionId: planted.executionId, by: 'key a', to: 'stopping' }),
    );
    expect(await complete()).toEqual({ ended: 1 });
    expect(await detailOf(planted)).toMatchObject({
      status: 'stopped',
      endReason: 'stopped_by_user',
      pagesCrawled: 1,
    });
    expect(await receiptOf(planted)).toMatchObject({ fetched: 1, skippedByReason: { stopped: 3 } });
  });

  it('that waits for a worker is left alone', async () => {
    await plantExecution(platform.db, { seeds: SEEDS });
    expect(await complete()).toEqual({ ended: 0 });
  });

  it('is not ended by an orchestrator that dies in the middle, and then by the next', async () => {
    const planted = await plantRunning([FETCHED, FETCHED, FETCHED, FETCHED]);
    const die = () => {
      throw new Error('killed');
    };
    await expect(completeExecutions({ ...platform, crashAt: die })).rejects.toThrow('killed');
    expect(await detailOf(planted)).toMatchObject({ status: 'running', completedAt: null });
    expect(await complete()).toEqual({ ended: 1 });
  });

  it('in which a lane is committing right now is left to the next run', async () => {
    const planted = await plantRunning([FETCHED, FETCHED, FETCHED, FETCHED]);
    await within(async (tx) => {
      await tx.sql`select 1 from execution_lanes where id = ${planted.laneIds[1] ?? ''} for update`;
      expect(await complete()).toEqual({ ended: 0 });
    });
    expect(await complete()).toEqual({ ended: 1 });
  });
});

describe('the end of an execution', () => {
  it('that takes long keeps no other from its end, nor one that is over only later', async () => {
    const slow = await plantRunning([FETCHED, FETCHED, FETCHED, FETCHED]);
    const quick = await plantRunning([FETCHED, FETCHED, FETCHED, FETCHED]);
    const late = await plantRunning([FETCHED, FETCHED, FETCHED]);
    const ended = (one: PlantedExecution) => async () => (await detailOf(one)).completedAt !== null;
    const running = await within(async (tx) => {
      await tx.sql`select 1 from campaign_metrics where campaign_id = ${slow.campaignId} for update`;
      const run = complete();
      await expect.poll(ended(quick), { timeout: 15_000 }).toBe(true);
      await within((other) => settleUrl(other, late.executionId, url(3), FETCHED));
      await expect.poll(ended(late), { timeout: 15_000 }).toBe(true);
      expect(await ended(slow)()).toBe(false);
      return { run };
    });
    expect(await running.run).toEqual({ ended: 3 });
  });

  it('is written once by twenty orchestrators at once', async () => {
    const planted = await Promise.all(
      Array.from({ length: 3 }, () =>
        plantRunning([FETCHED, { fetched: 500 }, FAILED, { skipped: 'robots_txt' }]),
      ),
    );
    const reports = await Promise.all(Array.from({ length: 20 }, complete));
    expect(reports.reduce((sum, { ended }) => sum + (ended ?? 0), 0)).toBe(3);
    for (const one of planted) {
      const events = await readEvents(platform, one.executionId);
      expect(events.filter(({ type }) => type === 'execution.ended')).toHaveLength(1);
    }
  });

  it('writes totals and report, finishes the lanes and frees the permits', async () => {
    const planted = await plantRunning([FETCHED, { fetched: 404 }, FAILED, { fetched: 500 }]);
    const { executionId, laneIds } = planted;
    await within(async ({ sql }) => {
      await sql`insert into host_permits (host, lane_id, lane_epoch, permits, host_limit, lease_until)
        values ('a.test', ${laneIds[0] ?? ''}, 1, 2, 4, now() + interval '1 hour')`;
      await sql`update url_discovery_log set source_url = 'https://a.test/from' where url_hash = ${urlKey(url(1))}`;
      await sql`update execution_lanes set memory_peak_mb = 123 where id = ${laneIds[0] ?? ''}`;
    });
    await complete();
    const detail = await detailOf(planted);
    expect(detail).toMatchObject({
      pagesCrawled: 3,
      errorsEncountered: 3,
      crawlersUsed: 1,
      memoryPeakMb: 123,
    });
    expect(detail.resultSummary).toMatchObject({
      averageResponseMs: 12.5,
      bytes: 3000,
      broken: [
        { url: url(2), statusCode: null, failureCode: 'timeout', linkedFrom: null },
        { url: url(3), statusCode: 500, failureCode: null, linkedFrom: null },
        { url: url(1), statusCode: 404, failureCode: null, linkedFrom: 'https://a.test/from' },
      ],
    });
    expect(detail.resultSummary?.['slowest']).toHaveLength(3);
    expect(detail.lanes.map(({ status }) => status)).toEqual(['finished', 'finished']);
    const [rest] = await within(
      ({ sql }) => sql`select
        (select count(*) from host_permits where lane_id = ${laneIds[0] ?? ''}) as permits,
        (select count(*) from execution_lanes where execution_id = ${executionId} and lease_until is not null) as leases`,
    );
    expect(rest).toEqual({ permits: 0, leases: 0 });
    const last = (await readEvents(platform, executionId)).at(-1);
    expect(last).toMatchObject({
      type: 'execution.ended',
      payload: { to: 'completed', coverage: detail.coverage },
    });
  });

  it('with a row missing says that the receipt does not balance, in the log and in the record', async () => {
    const planted = await plantRunning([FETCHED, FETCHED, FETCHED, FETCHED]);
    await within(({ sql }) => sql`delete from url_discovery_log where url_hash = ${urlKey(url(2))}`);
    await complete();
    expect(await receiptOf(planted)).toMatchObject({ discovered: 3, fetched: 4, balanced: false });
    const detail = await detailOf(planted);
    expect(detail.status).toBe('completed');
    expect(detail.errorLog?.map(({ code }) => code)).toEqual(['receipt_unbalanced', 'counters_differ']);
    const errors = platform.logged.filter(({ level }) => level === 'error');
    expect(errors.map(({ code }) => code)).toEqual(['receipt_unbalanced', 'counters_differ']);
  });

  it('with a counter that drifted says that the counters differ, and trusts the rows', async () => {
    const planted = await plantRunning([FETCHED, FETCHED, FETCHED, FETCHED]);
    await within(({ sql }) => sql`update execution_lanes set fetched = fetched + 1 where lane_number = 1`);
    await complete();
    const detail = await detailOf(planted);
    expect(detail).toMatchObject({ pagesCrawled: 4, coverage: { fetched: 4 } });
    expect(detail.resultSummary).toMatchObject({ countersMatch: false, receipt: { balanced: true } });
    expect(detail.errorLog?.map(({ code }) => code)).toEqual(['counters_differ']);
  });

  it('leaves counters that add up to the ledger, also for the URLs it skipped itself', async () => {
    const planted = await plantRunning([FETCHED, FETCHED], { maxPages: 2 });
    await complete();
    const [sums] = await within(
      ({ sql }) => sql`select sum(fetched)::int as fetched, sum(skipped)::int as skipped from execution_lanes
        where execution_id = ${planted.executionId}`,
    );
    const { receipt } = await within((tx) => recountCoverage(tx, planted.executionId));
    expect(sums).toEqual({ fetched: receipt.fetched, skipped: receipt.skipped });
  });
});

describe('what lay outside a scope that has become wider', () => {
  const OUTSIDE = [
    'https://www.a.test/in',
    'https://www.a.test/denied',
    'https://www.a.test/nofollow',
    'https://b.test/',
  ];
  const plantOutsiders = async (widens: boolean): Promise<PlantedExecution> => {
    const planted = await plantRunning([FETCHED, FETCHED, FETCHED, FETCHED], { deny: ['denied'] });
    const { executionId, campaignId } = planted;
    const { tenantId } = platform.db;
    await within(async ({ sql }) => {
      for (const outside of OUTSIDE) {
        const rule = outside.endsWith('nofollow')
          ? `within: host${AND_NOFOLLOW}rel: nofollow`
          : 'within: host';
        await sql`
          insert into url_discovery_log (execution_id, url_hash, tenant_id, campaign_id, discovered_url, host, source_url,
            discovery_method, url_depth, is_internal, should_crawl, skip_reason, skip_rule)
          values (${executionId}, ${urlKey(outside)}, ${tenantId}, ${campaignId}, ${outside}, ${new URL(outside).host}, ${url(0)},
            'link', 1, false, false, 'out_of_scope', ${rule})`;
      }
      await sql`update execution_lanes set discovered = 4, skipped = 4 where execution_id = ${executionId} and lane_number = 1`;
      if (!widens) return;
      await sql`
        update campaign_executions set scope_hosts = array_append(scope_hosts, 'www.a.test'), scope_version = scope_version + 1
        where id = ${executionId}`;
    });
    return planted;
  };

  it('is judged again before the end, and crawled as far as the rules let it in', async () => {
    const planted = await plantOutsiders(true);
    expect(await complete()).toEqual({ ended: 0 });
    const pending = await within(
      ({ sql }) => sql<{ url: string; depth: number }[]>`
        select url, depth from crawl_targets where execution_id = ${planted.executionId} and state = 'pending'`,
    );
    expect(pending).toEqual([{ url: OUTSIDE[0], depth: 1 }]);
    await within((tx) => settleUrl(tx, planted.executionId, OUTSIDE[0] ?? '', FETCHED));
    expect(await complete()).toEqual({ ended: 1 });
    expect(await detailOf(planted)).toMatchObject({ status: 'completed', errorLog: null, pagesCrawled: 5 });
    expect(await receiptOf(planted)).toMatchObject({ balanced: true, skippedByReason: { out_of_scope: 3 } });
  });

  it('stays outside where the scope is as it was', async () => {
    const planted = await plantOutsiders(false);
    expect(await complete()).toEqual({ ended: 1 });
    expect(await receiptOf(planted)).toMatchObject({ skippedByReason: { out_of_scope: 4 } });
  });
});
