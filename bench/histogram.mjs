/**
 * A histogram of Prometheus's text format: how many were at most so many seconds.
 * @typedef {readonly { le: number, count: number }[]} Histogram
 */

/**
 * @param {string} text of /metrics
 * @param {string} name
 * @returns {Histogram}
 */
export function readHistogram(text, name) {
  return [...text.matchAll(new RegExp(`^${name}_bucket\\{[^}]*le="([^"]+)"[^}]*\\} (\\S+)`, 'gm'))].map(
    ([, le = '', count = '']) => ({
      le: le === '+Inf' ? Number.POSITIVE_INFINITY : Number(le),
      count: Number(count),
    }),
  );
}

/**
 * What happened between two readings; the earlier may be empty.
 * @param {Histogram} later
 * @param {Histogram} earlier
 * @returns {Histogram}
 */
export function since(later, earlier) {
  return later.map(({ le, count }, at) => ({ le, count: count - (earlier[at]?.count ?? 0) }));
}

/**
 * A quantile in seconds, interpolated within its bucket as Prometheus does; NaN of an empty histogram. In the
 * last bucket it is the greatest bound that is known.
 * @param {Histogram} histogram
 * @param {number} share 0.99 for the 99th percentile
 */
export function quantile(histogram, share) {
  const wanted = share * (histogram.at(-1)?.count ?? 0);
  if (wanted === 0) return Number.NaN;
  let [below, low] = [0, 0];
  for (const { le, count } of histogram) {
    if (count >= wanted) {
      return le === Number.POSITIVE_INFINITY ? low : low + ((le - low) * (wanted - below)) / (count - below);
    }
    [below, low] = [count, le];
  }
  return low;
}
