import { z } from 'zod';

/**
 * Response times as a histogram whose buckets grow by 2 %: bucket n holds times above 1.02^(n-1) ms and up to 1.02^n ms,
 * so that a percentile read from it is within 1 % of the exact one, and histograms add up by adding their buckets
 * (Masson, Rim and Lee: DDSketch, VLDB 2019). Ten minutes are bucket 672, ten microseconds bucket -232.
 */
export const BUCKET_GROWTH = 1.02;
export const FIRST_BUCKET = -250;
export const LAST_BUCKET = 750;

/** Times in milliseconds. */
export const responseTimes = z.object({
  count: z.int().min(0).default(0),
  sumMs: z.number().min(0).default(0),
  maxMs: z.number().min(0).default(0),
  /** Answers by the number of their bucket. */
  buckets: z.record(z.string(), z.int().min(0)).default({}),
});
export type ResponseTimes = z.infer<typeof responseTimes>;

/** The time that this share (0 to 1) of answers did not exceed, within 1 %; null without answers. Pure. */
export function percentile(times: ResponseTimes, share: number): number | null {
  if (times.count === 0) return null;
  const wanted = Math.max(1, Math.ceil(share * times.count));
  let seen = 0;
  for (const bucket of Object.keys(times.buckets)
    .map(Number)
    .sort((a, b) => a - b)) {
    seen += times.buckets[String(bucket)] ?? 0;
    if (seen >= wanted) return Math.min(middleOf(bucket), times.maxMs);
  }
  return times.maxMs;
}

/** The value with the same relative distance to both ends of a bucket. */
function middleOf(bucket: number): number {
  return (2 * BUCKET_GROWTH ** bucket) / (1 + BUCKET_GROWTH);
}
