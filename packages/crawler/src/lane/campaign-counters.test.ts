import {
  countStartedExecution,
  expireExecutions,
  finishLanes,
  recallTargets,
  settlePending,
  storeAnalytics,
  takeUnanalyzedExecution,
} from '@outrider/db';
import { type CampaignCounts, recountCampaign } from '@outrider/db/testing';
import type { SitePlan } from '@outrider/oracle';
import { expect, it } from 'vitest';
import {
  crawlToEnd,
  queueTestExecution,
  queueTestRepeat,
  type TestExecution,
} from '../testing/test-crawl.js';
import { useTestFleet } from '../testing/test-fleet.js';

const fleet = useTestFleet();

/** Pages, broken ones, ones that are tried again and given up, and a sitemap. */
const SITE: SitePlan = {
  seed: 3,
  pages: 400,
  linksPerPage: 8,
  plant: { notFound: 10, serverError: 5, reset: 4, redirects: 6, outOfScope: 8, sitemap: true },
};

/** The command that starts an execution counts it; the ledger's own way does not. */
function countStart({ tenantId, campaignId }: TestExecution): Promise<void> {
  return fleet.db.app.withTenant(tenantId, (tx) =>
    countStartedExecution(tx, { tenantId, campaignId, seeds: 1 }),
  );
}

async function expectCounted(campaignId: string): Promise<CampaignCounts> {
  const { counted, recounted } = await recountCampaign(fleet.db, campaignId);
  expect(counted).toEqual(recounted);
  return counted;
}

/** Compares again and again until the crawl is over; returns how often it found something new. */
async function expectCountedUntil(campaignId: string, end: Promise<void>): Promise<number> {
  const state = { over: false };
  const watched = end.finally(() => {
    state.over = true;
  });
  const seen = new Set<number>();
  while (!state.over) seen.add((await expectCounted(campaignId)).discovered);
  await watched;
  await expectCounted(campaignId);
  return seen.size;
}

it('the counters of a campaign are those of its rows at every moment of a crawl, a repeat, a cut and a retention', async () => {
  const oracle = await fleet.site(SITE);
  const worker = await fleet.worker();
  const config = { lanes: 2, fetch: { retries: 1 } };
  const first = await queueTestExecution(fleet.db, [oracle.seedUrl], config);
  const { campaignId, tenantId } = first;
  await countStart(first);
  expect(await expectCountedUntil(campaignId, crawlToEnd(fleet.db, worker, first))).toBeGreaterThan(2);
  const whole = await expectCounted(campaignId);
  expect(whole).toMatchObject({ executions: 1, errors: 19 });

  const repeat = await queueTestRepeat(fleet.db, [oracle.seedUrl], first);
  await countStart(repeat);
  await expectCountedUntil(campaignId, crawlToEnd(fleet.db, worker, repeat));
  expect(await expectCounted(campaignId)).toMatchObject({ executions: 2, pages: 2 * whole.pages });

  const cut = await queueTestExecution(fleet.db, [oracle.seedUrl], config, first);
  await countStart(cut);
  const lanes = cut.laneIds.map(() => worker.hear());
  await expect
    .poll(async () => (await expectCounted(campaignId)).pages, { timeout: 15_000 })
    .toBeGreaterThan(2 * whole.pages + 20);
  await fleet.db.system.withSystem(async (tx) => {
    await tx.sql`select 1 from campaign_executions where id = ${cut.executionId} for no key update`;
    await tx.sql`select 1 from execution_lanes where execution_id = ${cut.executionId} for update`;
    await finishLanes(tx, cut.executionId);
    await recallTargets(tx, cut.executionId);
    await settlePending(tx, cut.executionId, { reason: 'cancelled', rule: 'cancelled' });
  });
  await Promise.all(lanes);
  await expectCounted(campaignId);

  await fleet.db.app.withTenant(
    tenantId,
    ({ sql }) => sql`
      update campaign_executions set status = 'completed', started_at = coalesce(started_at, now()), completed_at = now(),
        end_reason = 'frontier_exhausted' where campaign_id = ${campaignId}`,
  );
  await fleet.db.system.withSystem(async (tx) => {
    for (;;) {
      const taken = await takeUnanalyzedExecution(tx, []);
      if (taken === null) break;
      await storeAnalytics(tx, taken);
    }
    expect(await expireExecutions(tx, { executions: 1, days: 0 }, 10)).toBe(2);
  });
  expect(await expectCounted(campaignId)).toMatchObject({ executions: 3 });
}, 60_000);
