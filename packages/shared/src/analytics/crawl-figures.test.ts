import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readDocumentedTable } from '../testing/markdown-table.js';
import { compareFigures } from './compare-figures.js';
import {
  addFigures,
  type CrawlFigures,
  crawlFigures,
  emptyFigures,
  OTHER,
  scaleFigures,
} from './crawl-figures.js';
import { presentFigures } from './present-figures.js';
import { BUCKET_GROWTH, percentile, type ResponseTimes } from './response-times.js';

/** A histogram as the database makes it. */
function histogram(times: readonly number[]): ResponseTimes {
  const buckets: Record<string, number> = {};
  for (const ms of times) {
    const bucket = String(Math.ceil(Math.log(ms) / Math.log(BUCKET_GROWTH)));
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  return {
    count: times.length,
    sumMs: times.reduce((a, b) => a + b, 0),
    maxMs: Math.max(0, ...times),
    buckets,
  };
}

const times = fc.array(fc.double({ min: 0.02, max: 600_000, noNaN: true }), { minLength: 1, maxLength: 300 });
const share = fc.constantFrom(0.5, 0.9, 0.95, 0.99, 1);

describe('percentiles', () => {
  it('are within 1 % of the exact ones', () => {
    fc.assert(
      fc.property(times, share, (all, wanted) => {
        const sorted = [...all].sort((a, b) => a - b);
        const exact = sorted[Math.ceil(wanted * all.length) - 1] ?? 0;
        const read = percentile(histogram(all), wanted) ?? 0;
        expect(Math.abs(read - exact)).toBeLessThanOrEqual(exact * 0.01);
      }),
    );
  });

  it('of two parts together are those of the whole', () => {
    fc.assert(
      fc.property(times, times, share, (one, other, wanted) => {
        const figures = (part: readonly number[]) => ({ ...emptyFigures(), responseTimes: histogram(part) });
        const sum = addFigures(figures(one), figures(other)).responseTimes;
        expect(percentile(sum, wanted)).toEqual(percentile(histogram([...one, ...other]), wanted));
      }),
    );
  });

  it('of no answer are none', () => {
    expect(percentile(histogram([]), 0.5)).toBeNull();
    expect(presentFigures(emptyFigures()).responseTimes).toBeNull();
  });
});

const FIGURES: CrawlFigures = crawlFigures.parse({
  pagesCrawled: 100,
  errorsEncountered: 10,
  urlsDiscovered: 400,
  urlsSkipped: 200,
  wireBytes: 5_000,
  statusClasses: { '2xx': 90, '4xx': 10 },
  skippedByReason: { robots_txt: 200 },
  responseTimes: histogram(Array.from({ length: 100 }, (_, n) => n + 1)),
});

describe('figures', () => {
  it('add up, and what an older version stored has zeros for the rest', () => {
    const sum = addFigures(FIGURES, crawlFigures.parse({ pagesCrawled: 1, statusClasses: { '5xx': 1 } }));
    expect(sum).toMatchObject({ pagesCrawled: 101, wireBytes: 5_000 });
    expect(sum.statusClasses).toEqual({ '2xx': 90, '4xx': 10, '5xx': 1 });
  });

  it('keep the largest content types, the rest as one', () => {
    const many = Object.fromEntries(Array.from({ length: 80 }, (_, n) => [`x/${n}`, 100 - n]));
    const sum = addFigures(emptyFigures(), { ...emptyFigures(), contentTypes: many });
    const again = addFigures(sum, emptyFigures());
    expect(Object.keys(sum.contentTypes)).toHaveLength(51);
    expect(sum.contentTypes[OTHER]).toBe(30 * 35.5);
    expect(again).toEqual(sum);
  });

  it('of a sample are brought up to the whole, shares and percentiles staying as they are', () => {
    const scaled = scaleFigures(FIGURES, { pages: 1_000, urls: 800, errorsEncountered: 123 });
    expect(scaled).toMatchObject({
      pagesCrawled: 1_000,
      urlsDiscovered: 800,
      urlsSkipped: 400,
      wireBytes: 50_000,
      errorsEncountered: 123,
      statusClasses: { '2xx': 900, '4xx': 100 },
      skippedByReason: { robots_txt: 400 },
    });
    expect(presentFigures(scaled).responseTimes).toEqual(presentFigures(FIGURES).responseTimes);
  });

  it('differ by what is not the same: by how much, and by what share of the first', () => {
    const first = { figures: presentFigures(FIGURES), durationSeconds: 10, pagesPerSecond: null };
    const other = crawlFigures.parse({
      ...FIGURES,
      pagesCrawled: 150,
      statusClasses: { '2xx': 90, '5xx': 3 },
    });
    expect(compareFigures(first, first)).toEqual({});
    expect(
      compareFigures(first, { figures: presentFigures(other), durationSeconds: 5, pagesPerSecond: 2 }),
    ).toEqual({
      durationSeconds: { change: -5, share: -0.5 },
      pagesCrawled: { change: 50, share: 0.5 },
      'statusClasses.4xx': { change: -10, share: -1 },
      'statusClasses.5xx': { change: 3, share: null },
    });
  });
});

it('docs/analytics.md tells the meaning of every figure, and of nothing else', () => {
  const names = readDocumentedTable('analytics.md', 'Figures').map((row) => row['Figure']);
  expect(names).toEqual(Object.keys(presentFigures(emptyFigures())));
});
