import { z } from 'zod';
import { responseTimes } from './response-times.js';

const count = z.int().min(0).default(0);
const counts = z.record(z.string(), z.int().min(0)).default({});

/**
 * What was crawled in a span of time, in a form that adds up: the figures of parts, in any order, make those of the whole.
 * This is what is stored. Every field has a default, since what an older version stored has fewer.
 */
export const crawlFigures = z.object({
  pagesCrawled: count,
  pagesFailed: count,
  errorsEncountered: count,
  urlsDiscovered: count,
  urlsSkipped: count,
  indexablePages: count,
  wireBytes: count,
  decodedBytes: count,
  internalLinks: count,
  externalLinks: count,
  statusClasses: counts,
  contentTypes: counts,
  depths: counts,
  errorsByType: counts,
  failuresByCode: counts,
  skippedByReason: counts,
  discoveredByMethod: counts,
  responseTimes: responseTimes.prefault({}),
});
export type CrawlFigures = z.infer<typeof crawlFigures>;

/** The figures that are one number, and those that are a number for each of some names. */
const SINGLE_FIGURES = [
  ...(['pagesCrawled', 'pagesFailed', 'errorsEncountered', 'urlsDiscovered', 'urlsSkipped'] as const),
  ...(['indexablePages', 'wireBytes', 'decodedBytes', 'internalLinks', 'externalLinks'] as const),
] as const;
const GROUPED_FIGURES = [
  ...(['statusClasses', 'contentTypes', 'depths', 'errorsByType', 'failuresByCode'] as const),
  ...(['skippedByReason', 'discoveredByMethod'] as const),
] as const;
type SingleFigure = (typeof SINGLE_FIGURES)[number];

/** Sites make up content types of their own; the rest goes under `other`. */
const CONTENT_TYPES_KEPT = 50;
export const OTHER = 'other';

export function emptyFigures(): CrawlFigures {
  return crawlFigures.parse({});
}

/** The figures of two parts as one. Pure. */
export function addFigures(one: CrawlFigures, other: CrawlFigures): CrawlFigures {
  const sum = emptyFigures();
  for (const name of SINGLE_FIGURES) sum[name] = one[name] + other[name];
  for (const name of GROUPED_FIGURES) sum[name] = addCounts(one[name], other[name]);
  sum.contentTypes = keepLargest(sum.contentTypes, CONTENT_TYPES_KEPT);
  const [a, b] = [one.responseTimes, other.responseTimes];
  sum.responseTimes = {
    count: a.count + b.count,
    sumMs: a.sumMs + b.sumMs,
    maxMs: Math.max(a.maxMs, b.maxMs),
    buckets: addCounts(a.buckets, b.buckets),
  };
  return sum;
}

type Counts = Record<string, number>;

function addCounts(one: Readonly<Counts>, other: Readonly<Counts>): Counts {
  const sum: Counts = { ...one };
  for (const [name, value] of Object.entries(other)) sum[name] = (sum[name] ?? 0) + value;
  return sum;
}

function keepLargest(counts: Counts, most: number): Counts {
  const entries = Object.entries(counts).filter(([name]) => name !== OTHER);
  if (entries.length <= most) return counts;
  entries.sort(([a, m], [b, n]) => n - m || a.localeCompare(b));
  const rest = entries.slice(most).reduce((sum, [, value]) => sum + value, counts[OTHER] ?? 0);
  return { ...Object.fromEntries(entries.slice(0, most)), [OTHER]: rest };
}

/**
 * The figures of a sample as those of the whole, where the whole has so many pages and URLs. What the sample
 * cannot say is taken from `known`. Pure.
 */
export function scaleFigures(
  sample: CrawlFigures,
  known: { readonly pages: number; readonly urls: number } & Partial<Pick<CrawlFigures, SingleFigure>>,
): CrawlFigures {
  const { pages, urls, ...exact } = known;
  const byPage = ratio(pages, sample.pagesCrawled);
  const byUrl = ratio(urls, sample.urlsDiscovered);
  const scaled = (names: Readonly<Counts>, factor: number): Counts =>
    Object.fromEntries(Object.entries(names).map(([name, value]) => [name, Math.round(value * factor)]));
  return {
    ...sample,
    pagesCrawled: pages,
    urlsDiscovered: urls,
    urlsSkipped: Math.round(sample.urlsSkipped * byUrl),
    indexablePages: Math.round(sample.indexablePages * byPage),
    wireBytes: Math.round(sample.wireBytes * byPage),
    decodedBytes: Math.round(sample.decodedBytes * byPage),
    internalLinks: Math.round(sample.internalLinks * byPage),
    externalLinks: Math.round(sample.externalLinks * byPage),
    statusClasses: scaled(sample.statusClasses, byPage),
    contentTypes: scaled(sample.contentTypes, byPage),
    depths: scaled(sample.depths, byPage),
    skippedByReason: scaled(sample.skippedByReason, byUrl),
    discoveredByMethod: scaled(sample.discoveredByMethod, byUrl),
    ...exact,
  };
}

function ratio(whole: number, part: number): number {
  return part === 0 ? 1 : whole / part;
}
