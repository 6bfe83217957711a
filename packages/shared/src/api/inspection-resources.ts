import { z } from 'zod';
import { CRAWL_ERROR_TYPES, SEVERITIES } from '../errors/crawl-error-types.js';
import { EXECUTION_STATES } from '../execution/execution-states.js';
import { INDEXABILITY_REASONS } from '../execution/indexability-reasons.js';
import { count, key, time } from './fields.js';

// What an execution looks like from afar: its errors in groups, its site as a tree, its frontier, a URL over time.

export const errorGroup = z
  .strictObject({
    errorType: z.enum(CRAWL_ERROR_TYPES),
    errorCode: z.string(),
    /** Null for errors that belong to no host. */
    host: z.string().nullable(),
    /** The worst of them. */
    severity: z.enum(SEVERITIES),
    count,
    unresolved: count,
    firstSeen: time,
    lastSeen: time,
    /** Of one of them. */
    errorMessage: z.string(),
    /** URLs of some of them, at most three. */
    examples: z.array(z.string()),
    /** What occurred before this moment is counted: that at which the list was read first. */
    before: time,
  })
  .meta({ id: 'ErrorGroup' });
export type ErrorGroup = z.infer<typeof errorGroup>;

export const errorGroupResolve = z
  .strictObject({
    errorType: z.enum(CRAWL_ERROR_TYPES),
    errorCode: z.string().min(1).max(500),
    host: z.string().min(1).max(500).nullable(),
    resolved: z.boolean(),
    resolutionNotes: z.string().max(5_000).optional(),
    /** Just those that occurred before: the `before` of the group as it was listed. */
    before: time.optional(),
  })
  .meta({ id: 'ErrorGroupResolve' });

export const errorGroupResolved = z
  .strictObject({
    /** Errors that were not like that before. */
    changed: count,
  })
  .meta({ id: 'ErrorGroupResolved' });

export const pageVersion = z
  .strictObject({
    executionId: z.uuid(),
    executionNumber: count,
    executionStatus: z.enum(EXECUTION_STATES),
    urlKey: key,
    fetchedAt: time,
    statusCode: z.int(),
    title: z.string().nullable(),
    totalMs: z.number(),
    wireBytes: count,
    indexable: z.boolean(),
    indexabilityReason: z.enum(INDEXABILITY_REASONS).nullable(),
    /**
     * Against the execution before in which the URL answered: `first` where there is none, and null where either kept
     * no hash of its text, or where the look back ended before.
     */
    content: z.enum(['first', 'same', 'changed']).nullable(),
  })
  .meta({ id: 'PageVersion' });
export type PageVersion = z.infer<typeof pageVersion>;

/** Pages by the class of their status. */
const statusClasses = {
  pages: count,
  '2xx': count,
  '3xx': count,
  '4xx': count,
  '5xx': count,
} as const;

export const siteFolder = z
  .strictObject({
    ...statusClasses,
    host: z.string(),
    /** The folders from the root, as the URL spells them; empty for the host itself. */
    folders: z.array(z.string()),
  })
  .meta({ id: 'SiteFolder' });
export type SiteFolder = z.infer<typeof siteFolder>;

export const siteDepth = z
  .strictObject({
    ...statusClasses,
    /** Clicks from a seed; null for pages that only a sitemap names. */
    depth: count.nullable(),
  })
  .meta({ id: 'SiteDepth' });
export type SiteDepth = z.infer<typeof siteDepth>;

export const siteStructure = z
  .strictObject({
    executionId: z.uuid(),
    /** Pages that were looked at. */
    pages: count,
    /** Whether they are all; else they are some taken at random. */
    complete: z.boolean(),
    /** Each folder behind the one that it lies in, larger ones first; of every level the 200 largest. */
    folders: z.array(siteFolder),
    depths: z.array(siteDepth),
  })
  .meta({ id: 'SiteStructure' });
export type SiteStructure = z.infer<typeof siteStructure>;

const waiting = {
  /** At least so many where `exact` is false. */
  pending: count,
  inFlight: count,
  exact: z.boolean(),
} as const;

export const frontierHost = z.strictObject({ ...waiting, host: z.string() }).meta({ id: 'FrontierHost' });
export type FrontierHost = z.infer<typeof frontierHost>;

export const frontierDepth = z
  .strictObject({
    ...waiting,
    /** Clicks from a seed; null for URLs that only a sitemap names. */
    depth: count.nullable(),
  })
  .meta({ id: 'FrontierDepth' });
export type FrontierDepth = z.infer<typeof frontierDepth>;

export const frontier = z
  .strictObject({
    executionId: z.uuid(),
    /** URLs that are pending or in flight, by the counters. */
    waiting: count,
    /** Those with most URLs first, at most 20. */
    hosts: z.array(frontierHost),
    depths: z.array(frontierDepth),
    /** Whether every host with pending URLs was looked at; else the first 100 by name were. */
    complete: z.boolean(),
  })
  .meta({ id: 'Frontier' });
export type Frontier = z.infer<typeof frontier>;
