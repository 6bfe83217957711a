import type { SampledTarget } from './progress-facts.js';

/** URLs settled per second: lately, and between which bounds it has been. */
export interface Rate {
  readonly lately: number;
  readonly low: number;
  readonly high: number;
}

/** Parts of the settled URLs, the newest ones, over which the rate is taken; the first is what counts. */
const WINDOWS = [0.3, 0.1, 1] as const;
const FEWEST = 5;

/**
 * The rate at which URLs are settled, over the newest third of them: long enough to be smooth, short enough to follow. Null
 * before there are some. Pure.
 */
export function estimateRate(
  sample: readonly SampledTarget[],
  perSampled: number,
  nowSeconds: number,
): Rate | null {
  const settled = sample.flatMap(({ settledAt }) => settledAt ?? []).sort((a, b) => a - b);
  if (settled.length < FEWEST) return null;
  const over = (part: number): number => {
    const size = Math.max(FEWEST, Math.ceil(settled.length * part));
    const since = size >= settled.length ? 0 : (settled[settled.length - size - 1] ?? 0);
    return (Math.min(size, settled.length) * perSampled) / Math.max(0.05, nowSeconds - since);
  };
  const rates = WINDOWS.map(over);
  const [lately = 0] = rates;
  // So few of a random sample say it no better than this.
  const error = 1 / Math.sqrt(Math.max(FEWEST, settled.length * WINDOWS[0]));
  return {
    lately,
    low: Math.min(...rates, lately * (1 - Math.min(0.5, error))),
    high: Math.max(...rates, lately * (1 + error)),
  };
}
