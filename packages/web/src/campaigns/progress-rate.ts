import type { ProgressSample } from '../live/event-history.js';

export interface RatePoint {
  /** Seconds since 1970. */
  readonly at: number;
  /** Pages a second, and failed URLs a second, since the point before. */
  readonly pages: number;
  readonly failed: number;
}

/** Shorter than this, a rate is more noise than news. Milliseconds. */
const WINDOW_MS = 1_000;
/** Longer than this without news, nothing is known of what was between. */
const GAP_MS = 15_000;

/** The rates of an execution from the moments that its progress told; a gap in them leaves a gap. */
export function ratesOf(samples: readonly ProgressSample[], executionId: string): readonly RatePoint[] {
  const points: RatePoint[] = [];
  let base: ProgressSample | undefined;
  for (const sample of samples) {
    if (sample.executionId !== executionId) continue;
    if (base === undefined || sample.at - base.at > GAP_MS || sample.fetched < base.fetched) {
      base = sample;
      continue;
    }
    const seconds = (sample.at - base.at) / 1_000;
    if (seconds * 1_000 < WINDOW_MS) continue;
    points.push({
      at: sample.at / 1_000,
      pages: (sample.fetched - base.fetched) / seconds,
      failed: (sample.failed - base.failed) / seconds,
    });
    base = sample;
  }
  return points;
}

/** Pages a second over the last few points; null while there are none. */
export function recentRate(points: readonly RatePoint[]): number | null {
  const last = points.slice(-5);
  if (last.length === 0) return null;
  return last.reduce((sum, { pages }) => sum + pages, 0) / last.length;
}
