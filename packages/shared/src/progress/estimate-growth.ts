import type { SampledTarget } from './progress-facts.js';

/** What the frontier of an execution is likely to come to, in URLs, skipped ones included. */
export interface Growth {
  /** URLs that are still to be settled: known ones and those that they will lead to; null when no end is in sight. */
  readonly remaining: number | null;
  /** The same if nothing new were found, and if pages led to as many new URLs as lately, without a decline. */
  readonly remainingLow: number;
  readonly remainingHigh: number | null;
  /** New URLs per settled one, lately. */
  readonly newPerSettled: number;
}

/** Fewer say nothing about how a site grows. */
const FEWEST_SETTLED = 12;
/** With a slope this close to 1 the sum of all that follows is anything. */
const UNBOUNDED_SLOPE = 0.95;
const STEPS = 200;

/**
 * How a crawl's frontier goes on growing, from how it has grown. A link leads to a URL that is new as often as the share of the
 * site that is not known yet, so the number of new URLs per settled one falls exponentially with the settled ones
 * (the coupon collector's curve); where it does not fall, it stays what it is. The slope and its decline are
 * read from the last two quarters of what has been settled. `perSampled`: URLs that one of the sample stands for. Pure.
 */
export function estimateGrowth(sample: readonly SampledTarget[], perSampled: number): Growth | null {
  const settled = sample.flatMap(({ settledAt }) => settledAt ?? []).sort((a, b) => a - b);
  const open = sample.length - settled.length;
  const pending = open * perSampled;
  if (settled.length < FEWEST_SETTLED) return null;
  const found = sample.map(({ foundAt }) => foundAt).sort((a, b) => a - b);
  const quarter = Math.floor(settled.length / 4);
  const known = (quartersBack: number): number =>
    countUpTo(found, settled[settled.length - 1 - quartersBack * quarter] ?? 0);
  const [newBefore, newLately] = [known(1) - known(2), known(0) - known(1)];
  const [earlier, lately] = [newBefore / quarter, newLately / quarter];
  // A difference within the noise of counting is none.
  const declines = newBefore - newLately > Math.sqrt(newBefore + newLately);
  const decay = declines ? Math.log(earlier / Math.max(lately, 0.5 / quarter)) / (quarter * perSampled) : 0;
  // The middle of the last quarter lies an eighth back.
  const slope = lately * Math.exp((-decay * quarter * perSampled) / 2);
  const steady = lately < UNBOUNDED_SLOPE ? pending / (1 - lately) : null;
  const remaining = decay > 0 ? solve(pending, slope, decay) : steady;
  return { remaining, remainingLow: pending, remainingHigh: steady, newPerSettled: lately };
}

/** How many of a sorted list are not above a value. */
function countUpTo(sorted: readonly number[], value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The least R with R = pending + what R settled URLs lead to: the point at which nothing is left. */
function solve(pending: number, slope: number, decay: number): number {
  let remaining = pending;
  for (let step = 0; step < STEPS; step += 1) {
    remaining = pending + (slope / decay) * (1 - Math.exp(-decay * remaining));
  }
  return remaining;
}
