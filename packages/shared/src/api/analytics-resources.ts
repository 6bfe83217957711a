import { z } from 'zod';
import { EXECUTION_STATES } from '../execution/execution-states.js';
import { WAITING_REASON_NAMES } from '../execution/waiting-reasons.js';
import { PROGRESS_CAVEAT_NAMES } from '../progress/progress-caveats.js';
import { count, nextCursor, time } from './fields.js';

// Figures of executions, days and campaigns, and how far executions are. docs/analytics.md says what each figure means.

const counts = z.record(z.string(), count);

export const figureAnswer = z
  .strictObject({
    pagesCrawled: count,
    pagesFailed: count,
    errorsEncountered: count,
    urlsDiscovered: count,
    urlsSkipped: count,
    indexablePages: count,
    wireBytes: count,
    decodedBytes: count,
    links: z.strictObject({ internal: count, external: count }),
    /** Milliseconds to the last byte; null without an answer. */
    responseTimes: z
      .strictObject({
        averageMs: z.number(),
        p50Ms: z.number(),
        p90Ms: z.number(),
        p95Ms: z.number(),
        p99Ms: z.number(),
        maxMs: z.number(),
      })
      .nullable(),
    statusClasses: counts,
    contentTypes: counts,
    /** By clicks from a seed; `unlinked` for pages that only a sitemap names. */
    depths: counts,
    errorsByType: counts,
    failuresByCode: counts,
    skippedByReason: counts,
    discoveredByMethod: counts,
  })
  .meta({ id: 'CrawlFigures' });
export type FigureAnswer = z.infer<typeof figureAnswer>;

/** final: of every row, after the end. recount: of every row, just now. sample: estimated from the rows that `sample` counts. */
const ANALYTICS_BASES = ['final', 'recount', 'sample'] as const;

export const executionAnalytics = z
  .strictObject({
    executionId: z.uuid(),
    campaignId: z.uuid(),
    number: z.int(),
    status: z.enum(EXECUTION_STATES),
    basis: z.enum(ANALYTICS_BASES),
    /** Rows that were looked at; null when that was all of them. */
    sample: z.strictObject({ pages: count, urls: count, errors: count }).nullable(),
    asOf: time,
    startedAt: time.nullable(),
    durationSeconds: z.number().nullable(),
    /** Pauses and time without a worker not counted. */
    pagesPerSecond: z.number().nullable(),
    figures: figureAnswer,
  })
  .meta({ id: 'ExecutionAnalytics' });
export type ExecutionAnalytics = z.infer<typeof executionAnalytics>;

export const campaignRollup = z
  .strictObject({
    period: z.enum(['day', 'execution']),
    /** The day (UTC) or the execution. */
    day: z.iso.date().nullable(),
    executionId: z.uuid().nullable(),
    /** Executions that ended on the day. */
    executions: count,
    updatedAt: time,
    figures: figureAnswer,
  })
  .meta({ id: 'CampaignRollup' });
export type CampaignRollup = z.infer<typeof campaignRollup>;
export const campaignRollups = z.strictObject({ items: z.array(campaignRollup), nextCursor });

/** By the name of the figure, `responseTimes.p95Ms`; figures that are the same are left out. */
export const figureDifferences = z
  .record(
    z.string(),
    z.strictObject({
      change: z.number(),
      /** Of the first's figure: 0.1 is a tenth more. Null where that is zero. */
      share: z.number().nullable(),
    }),
  )
  .meta({ id: 'FigureDifferences' });
export type FigureDifferences = z.infer<typeof figureDifferences>;

export const executionComparison = z
  .strictObject({
    items: z.array(
      z.strictObject({
        ...executionAnalytics.shape,
        /** From the first; null for the first itself. */
        differences: figureDifferences.nullable(),
      }),
    ),
  })
  .meta({ id: 'ExecutionComparison' });

export const campaignComparison = z
  .strictObject({
    from: z.iso.date(),
    to: z.iso.date(),
    items: z.array(
      z.strictObject({
        campaignId: z.uuid(),
        name: z.string(),
        /** Executions that ended in these days. */
        executions: count,
        figures: figureAnswer,
        differences: figureDifferences.nullable(),
      }),
    ),
  })
  .meta({ id: 'CampaignComparison' });

const range = z.strictObject({ low: z.number(), high: z.number().nullable() });

export const executionEstimate = z
  .strictObject({
    executionId: z.uuid(),
    status: z.enum(EXECUTION_STATES),
    /** Why it is not fetching just now, as the execution itself says; null while it is, and once it has ended. */
    waitingReason: z.enum(WAITING_REASON_NAMES).nullable(),
    asOf: time,
    /** URLs that have been fetched or have failed, and those that are known and wait. Skipped ones are in neither. */
    done: count,
    pending: count,
    /** Pages per second lately; null while nothing has been settled. */
    ratePerSecond: z.number().nullable(),
    /** Pages and failures at the end; `high` is null where no end is in sight. */
    expectedTotal: z.number().nullable(),
    totalRange: range.nullable(),
    /** Null when it cannot be said, 0 once it has ended. */
    remainingSeconds: z.number().nullable(),
    remainingRange: range.nullable(),
    /** Null too while it is paused, and while it waits for what has no end that could be told, as a quota. */
    expectedEndAt: time.nullable(),
    /** 0 to 1. */
    doneShare: z.number().nullable(),
    /** The host that decides when it ends, where one does. */
    slowestHost: z
      .strictObject({ host: z.string(), pending: count, delayMs: count, seconds: z.number() })
      .nullable(),
    /** Why it may be wrong. */
    caveats: z.array(z.strictObject({ code: z.enum(PROGRESS_CAVEAT_NAMES), sentence: z.string() })),
  })
  .meta({ id: 'ExecutionEstimate' });
export type ExecutionEstimate = z.infer<typeof executionEstimate>;
