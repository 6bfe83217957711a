import type { FigureAnswer } from '../api/analytics-resources.js';
import type { CrawlFigures } from './crawl-figures.js';
import { percentile } from './response-times.js';

/** Figures as the API gives them: percentiles in place of the histogram. Pure. */
export function presentFigures(figures: CrawlFigures): FigureAnswer {
  const { responseTimes: times, internalLinks, externalLinks, ...rest } = figures;
  const at = (share: number): number => roundTo(percentile(times, share) ?? 0);
  return {
    ...rest,
    links: { internal: internalLinks, external: externalLinks },
    responseTimes:
      times.count === 0
        ? null
        : {
            averageMs: roundTo(times.sumMs / times.count),
            p50Ms: at(0.5),
            p90Ms: at(0.9),
            p95Ms: at(0.95),
            p99Ms: at(0.99),
            maxMs: roundTo(times.maxMs),
          },
  };
}

function roundTo(ms: number): number {
  return Math.round(ms * 100) / 100;
}
