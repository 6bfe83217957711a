// What a run looked like over its length: samples of a second, and what is told from them.

/**
 * @typedef {object} Sample
 * @property {number} at seconds since the execution began
 * @property {number} pages
 * @property {number} pending URLs that wait for their turn
 * @property {number} workerMb resident, the largest worker
 * @property {number} workerPeakMb the kernel's mark so far, the largest worker
 * @property {number} databaseMb
 * @property {number} workerCpu seconds so far, all workers
 * @property {number} databaseCpu
 * @property {number} otherCpu API, orchestrator and command line
 * @property {import('./histogram.mjs').Histogram} claims
 */

/**
 * When so many pages were done, in seconds, between the samples around it.
 * @param {readonly Sample[]} samples in order, the last one complete
 * @param {number} pages
 */
export function timeOf(samples, pages) {
  let before = { at: 0, pages: 0 };
  for (const sample of samples) {
    if (sample.pages >= pages && sample.pages > before.pages) {
      const share = (pages - before.pages) / (sample.pages - before.pages);
      return before.at + share * (sample.at - before.at);
    }
    before = sample;
  }
  return before.at;
}

/**
 * Pages per second of each tenth of the pages.
 * @param {readonly Sample[]} samples
 */
export function tenths(samples) {
  const total = samples.at(-1)?.pages ?? 0;
  const begun = timeOf(samples, 1);
  return Array.from({ length: 10 }, (_, nth) => {
    const from = nth === 0 ? begun : timeOf(samples, (total * nth) / 10);
    return total / 10 / (timeOf(samples, (total * (nth + 1)) / 10) - from);
  });
}

/**
 * The worker's peak when so many pages were done.
 * @param {readonly Sample[]} samples
 * @param {number} pages
 */
export function peakAt(samples, pages) {
  return (samples.find((sample) => sample.pages >= pages) ?? samples.at(-1))?.workerPeakMb ?? 0;
}
