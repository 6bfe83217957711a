import { z } from 'zod';
import { coverageReceipt } from './coverage.js';

const count = z.int().min(0);

/** What the sitemaps of an execution came to, in files and in distinct URLs within the campaign's sites. */
export const sitemapTotals = z
  .strictObject({
    files: count,
    filesFailed: count,
    urlsInSitemaps: count,
    /** Named by another page that was fetched, by whatever kind of link. */
    urlsLinked: count,
    inSitemapNotLinked: count,
    linkedNotInSitemap: count,
  })
  .meta({ id: 'SitemapTotals' });
export type SitemapTotals = z.infer<typeof sitemapTotals>;

/**
 * The report of an execution that has ended, as `resultSummary` of an execution holds it. Open to further
 * fields: a report outlives the version that wrote it.
 */
export const executionReport = z.object({
  receipt: coverageReceipt,
  /** Errors of the execution by their type. */
  errorsByType: z.record(z.string(), count),
  /** The slowest pages, slowest first. */
  slowest: z.array(z.object({ url: z.string(), urlKey: z.guid(), statusCode: z.int(), totalMs: z.number() })),
  /** Some broken URLs of each kind: those without a usable answer, then answers of 5xx, then of 4xx. */
  broken: z.array(
    z.object({
      url: z.string(),
      urlKey: z.guid(),
      statusCode: z.int().nullable(),
      failureCode: z.string().nullable(),
      /** The page that first led to it; null for a seed. */
      linkedFrom: z.string().nullable(),
    }),
  ),
  pagesPerSecond: z.number().nullable(),
  averageResponseMs: z.number().nullable(),
  /** Bytes received, before decoding. */
  bytes: count,
  /** Null when it read none. */
  sitemaps: sitemapTotals.nullish(),
});
export type ExecutionReport = z.infer<typeof executionReport>;
