import { readProgressFacts } from '@outrider/db';
import type { SitePlan } from '@outrider/oracle';
import { type ExecutionEstimate, estimateProgress } from '@outrider/shared';
import { expect, it } from 'vitest';
import { crawlToEnd, queueTestExecution } from '../testing/test-crawl.js';
import { useTestFleet } from '../testing/test-fleet.js';

const fleet = useTestFleet();

/** Every answer takes long enough for the site to set the pace, and not this machine. */
const SITE: SitePlan = { seed: 11, pages: 240, linksPerPage: 8, delayMs: 40 };

/** The estimates of a crawl, each with the share of its pages that were done and the seconds that it really took from there. */
async function recordEstimates(): Promise<{ estimate: ExecutionEstimate; share: number; truth: number }[]> {
  const oracle = await fleet.site(SITE);
  const worker = await fleet.worker();
  const execution = await queueTestExecution(fleet.db, [oracle.seedUrl]);
  const state = { over: false };
  const crawl = crawlToEnd(fleet.db, worker, execution).finally(() => {
    state.over = true;
  });
  const recorded: { estimate: ExecutionEstimate; at: number }[] = [];
  while (!state.over) {
    const facts = await fleet.db.app.withTenant(
      execution.tenantId,
      (tx) => readProgressFacts(tx, execution.executionId),
      { readOnly: true },
    );
    recorded.push({ estimate: estimateProgress(facts), at: performance.now() });
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  await crawl;
  const last = recorded.findLast(({ estimate }) => estimate.pending > 0)?.at ?? 0;
  const total = recorded.at(-1)?.estimate.done ?? 0;
  return recorded
    .filter(({ estimate, at }) => estimate.done > 0 && at <= last)
    .map(({ estimate, at }) => ({ estimate, share: estimate.done / total, truth: (last - at) / 1_000 }));
}

it('estimates of a real crawl come closer to the truth as it goes on', async () => {
  const estimates = await recordEstimates();
  const duration = estimates[0]?.truth ?? 0;
  const errors = (from: number, to: number): number[] =>
    estimates
      .filter(({ share }) => share >= from && share < to)
      .map(({ estimate, truth }) => Math.abs((estimate.remainingSeconds ?? duration) - truth) / duration);
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const [early, late] = [errors(0, 0.3), errors(0.6, 1)];
  expect(Math.min(early.length, late.length)).toBeGreaterThan(3);
  expect(mean(late)).toBeLessThan(mean(early));
  expect(mean(late)).toBeLessThan(0.2);
  // What is left by then may find a few more, as far as is known.
  const total = estimates.at(-1)?.estimate;
  const known = (total?.done ?? 0) + (total?.pending ?? 0);
  expect(total?.expectedTotal).toBeGreaterThanOrEqual(known);
  expect(total?.expectedTotal).toBeLessThanOrEqual(known * 1.02);
}, 60_000);
