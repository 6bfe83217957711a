import { describe, expect, it } from 'vitest';
import { readDocumentedTable } from '../testing/markdown-table.js';
import { estimateProgress } from './estimate-progress.js';
import { PROGRESS_CAVEATS } from './progress-caveats.js';
import type { ProgressFacts, SampledTarget } from './progress-facts.js';

const LIMITS = { maxPages: 1_000_000, maxDurationSeconds: 86_400, maxBytes: 0 };
const RATE = 10;

const facts = (more: Partial<ProgressFacts>): ProgressFacts => ({
  executionId: '00000000-0000-7000-8000-000000000000',
  status: 'running',
  waitingReason: null,
  asOf: '2026-01-01T00:00:00.000Z',
  activeSeconds: 0,
  done: 0,
  fetched: 0,
  pending: 1,
  wireBytes: 0,
  hasOpenSitemaps: false,
  limits: LIMITS,
  sample: [],
  hosts: [],
  previousTotal: null,
  ...more,
});

/** The links of a page of a site, by numbers. */
type Site = { readonly size: number; readonly linksOf: (page: number) => readonly number[] };

/** The same numbers each time (a linear congruential generator, Numerical Recipes). */
function numbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

/** Every page leads to eight others, anywhere. */
const MESHED: Site = {
  size: 2_000,
  linksOf: (page) => {
    const pick = numbers(page + 1);
    return Array.from({ length: 8 }, () => pick(2_000)).concat((page + 1) % 2_000);
  },
};
/** Every page leads to the next alone. */
const CHAIN: Site = { size: 500, linksOf: (page) => [page + 1].filter((next) => next < 500) };
/** Sections of pages, each section named by the first page. */
const FLAT: Site = {
  size: 1_000,
  linksOf: (page) =>
    page === 0
      ? Array.from({ length: 40 }, (_, n) => n + 1)
      : page <= 40
        ? Array.from({ length: 24 }, (_, n) => 41 + (page - 1) * 24 + n).filter((one) => one < 1_000)
        : [],
};

/** Crawls a site in breadth at ten pages a second, and says what is known after each share of it. */
function crawl(site: Site, shares: readonly number[], more: Partial<ProgressFacts> = {}) {
  const found = [0];
  const foundAt = new Map([[0, 0]]);
  const total = reachable(site);
  const marks = shares.map((share) => Math.round(share * total));
  const estimates: {
    share: number;
    done: number;
    truth: number;
    estimate: ReturnType<typeof estimateProgress>;
  }[] = [];
  for (let done = 0; done < found.length; done += 1) {
    const now = (done + 1) / RATE;
    for (const next of site.linksOf(found[done] ?? 0)) {
      if (foundAt.has(next)) continue;
      foundAt.set(next, now);
      found.push(next);
    }
    const mark = marks.indexOf(done + 1);
    if (mark === -1) continue;
    const sample = found.map(
      (page, place): SampledTarget => ({
        host: 'a.test',
        foundAt: foundAt.get(page) ?? 0,
        settledAt: place <= done ? (place + 1) / RATE : null,
        isSkipped: false,
      }),
    );
    const counts = { done: done + 1, fetched: done + 1, pending: found.length - done - 1 };
    const estimate = estimateProgress(facts({ ...counts, activeSeconds: now, sample, ...more }));
    estimates.push({ share: shares[mark] ?? 0, done: done + 1, truth: (total - done - 1) / RATE, estimate });
  }
  return { total, estimates };
}

function reachable(site: Site): number {
  const seen = new Set([0]);
  for (const page of seen) for (const next of site.linksOf(page)) seen.add(next);
  return seen.size;
}

const SHARES = [0.1, 0.25, 0.5, 0.75, 0.9];

describe('the estimate of a crawl', () => {
  it.each([
    ['whose pages name pages anywhere', MESHED, 0.25],
    ['whose pages are named by a few', FLAT, 0.1],
  ])('%s is within a tenth of the whole from a share of it on, and within its bounds', (_, site, from) => {
    const { total, estimates } = crawl(site, SHARES);
    expect(estimates).toHaveLength(SHARES.length);
    for (const { share, truth, estimate } of estimates.filter((one) => one.share >= from)) {
      const error = Math.abs((estimate.remainingSeconds ?? Number.NaN) - truth) / (total / RATE);
      expect([share, error < 0.1, error]).toEqual([share, true, error]);
      expect(estimate.remainingRange?.low).toBeLessThanOrEqual(truth + 0.5);
      expect(estimate.remainingRange?.high).toBeGreaterThanOrEqual(truth - 0.5);
      expect(estimate.ratePerSecond).toBeCloseTo(RATE, 0);
    }
  });

  it('is none where each page leads to one more, and says that no end is in sight', () => {
    const { estimates } = crawl(CHAIN, [0.1, 0.5]);
    for (const { estimate, truth } of estimates) {
      expect(estimate).toMatchObject({ expectedTotal: null, remainingSeconds: null, expectedEndAt: null });
      expect(estimate.caveats.map(({ code }) => code)).toContain('no_end_in_sight');
      expect(estimate.remainingRange?.low).toBeLessThanOrEqual(truth);
      expect(estimate.remainingRange?.high).toBeGreaterThanOrEqual(truth);
    }
  });

  it('leans on the previous execution where its own pages say nothing yet, the less the further it is', () => {
    const { estimates } = crawl(CHAIN, [0.1, 0.5], { previousTotal: 480 });
    expect(estimates[0]?.estimate).toMatchObject({ expectedTotal: 480, remainingSeconds: 43 });
    expect(estimates[0]?.estimate.caveats.map(({ code }) => code)).toContain('previous_execution');
    const meshed = crawl(MESHED, [0.5], { previousTotal: 3_000 }).estimates[0]?.estimate.expectedTotal;
    expect(meshed).toBeGreaterThan(2_100);
    expect(meshed).toBeLessThan(3_000);
  });

  it('is bounded by the limits of the scope', () => {
    const pages = crawl(CHAIN, [0.1], { limits: { ...LIMITS, maxPages: 100 } }).estimates[0]?.estimate;
    expect(pages).toMatchObject({ expectedTotal: null, totalRange: { high: 100 } });
    const known = crawl(MESHED, [0.25], { limits: { ...LIMITS, maxPages: 600 } }).estimates[0]?.estimate;
    expect(known).toMatchObject({ expectedTotal: 600, remainingSeconds: 10 });
    expect(known?.caveats.map(({ code }) => code)).toEqual(['page_limit']);
    const time = { ...LIMITS, maxDurationSeconds: 60 };
    const timed = crawl(MESHED, [0.25], { limits: time }).estimates[0]?.estimate;
    expect(timed?.remainingSeconds).toBe(10);
    expect(timed?.caveats.map(({ code }) => code)).toContain('duration_limit');
  });

  it('goes by the slowest host where that takes longer than all together', () => {
    const hosts = [{ host: 'a.test', delayMs: 1_000, startInMs: 500 }];
    const { estimate } = crawl(FLAT, [0.5], { hosts }).estimates[0] ?? {};
    expect(estimate).toMatchObject({
      remainingSeconds: 500.5,
      slowestHost: { host: 'a.test', delayMs: 1_000, pending: 500, seconds: 500.5 },
    });
    expect(estimate?.caveats.map(({ code }) => code)).toEqual(['slowest_host']);
  });

  it('counts URLs that are skipped as work and not as pages', () => {
    const sample = Array.from(
      { length: 400 },
      (_, n): SampledTarget => ({
        host: 'a.test',
        foundAt: 0,
        settledAt: n < 200 ? (n + 1) / 10 : null,
        isSkipped: n < 200 && n % 2 === 1,
      }),
    );
    const estimate = estimateProgress(
      facts({ done: 100, fetched: 100, pending: 200, activeSeconds: 20, sample }),
    );
    expect(estimate).toMatchObject({ expectedTotal: 200, ratePerSecond: 5 });
    expect(estimate.remainingSeconds).toBeCloseTo(20, 0);
  });

  it('of one that has ended is over, of one that waits or is paused says so', () => {
    const over = estimateProgress(facts({ status: 'completed', done: 5, pending: 0, activeSeconds: 2 }));
    expect(over).toMatchObject({ remainingSeconds: 0, expectedTotal: 5, doneShare: 1, caveats: [] });
    const codes = (more: Partial<ProgressFacts>) =>
      estimateProgress(facts(more)).caveats.map(({ code }) => code);
    expect(codes({ status: 'queued' })).toEqual(['not_started']);
    expect(codes({})).toEqual(['just_started']);
    expect(codes({ waitingReason: 'host_backoff' })).toContain('waiting');
    expect(codes({ status: 'stopping' })).toContain('ending');
    expect(codes({ hasOpenSitemaps: true })).toContain('sitemaps_pending');
    const paused = crawl(MESHED, [0.5], { status: 'paused' }).estimates[0]?.estimate;
    expect(paused?.expectedEndAt).toBeNull();
    expect(paused?.remainingSeconds).toBeGreaterThan(0);
    expect(paused?.caveats.map(({ code }) => code)).toContain('paused');
    const kept = crawl(MESHED, [0.5], { waitingReason: 'quota_pages' }).estimates[0]?.estimate;
    expect(kept).toMatchObject({ waitingReason: 'quota_pages', expectedEndAt: null });
    expect(kept?.remainingSeconds).toBeGreaterThan(0);
    expect(kept?.caveats.map(({ code }) => code)).toContain('waiting');
    const busy = crawl(MESHED, [0.5], { waitingReason: 'host_busy' }).estimates[0]?.estimate;
    expect(busy?.expectedEndAt).not.toBeNull();
  });
});

it('the caveats are those of docs/analytics.md', () => {
  const rows = readDocumentedTable('analytics.md', 'Why an estimate may be wrong');
  expect(rows.map((row) => Object.values(row).slice(0, 2))).toEqual(Object.entries(PROGRESS_CAVEATS));
});
