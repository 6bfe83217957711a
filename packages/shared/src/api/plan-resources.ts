import { z } from 'zod';
import { URL_RULES } from '../explain/ask-rules.js';
import { count, key, time } from './fields.js';
import { askedRule } from './record-resources.js';
import { campaignPatch } from './resources.js';

// What a campaign would do with URLs, before it runs.

export const planRequest = z
  .strictObject({
    urls: z.array(z.string().min(1).max(10_000)).min(1).max(1_000),
    /** Changes that are tried out: the plan is as if they had been made. */
    changes: campaignPatch.optional(),
  })
  .meta({ id: 'PlanRequest' });

export const plannedUrl = z
  .strictObject({
    askedUrl: z.string(),
    /** Its identity in the campaign; null for what is no URL. */
    url: z.string().nullable(),
    urlKey: key.nullable(),
    verdict: z.enum(['in', 'out', 'invalid']),
    /** The first rule that stops it; `url` for what is no URL; null for one that is in. */
    decidedBy: z.enum([...URL_RULES, 'url']).nullable(),
    /** What that rule says, or what is not known yet of one that is in. */
    detail: z.string(),
    isSeed: z.boolean(),
    /** Clicks from a seed in the campaign's last execution; null where that did not see it. */
    depth: count.nullable(),
    rules: z.array(askedRule),
  })
  .meta({ id: 'PlannedUrl' });
export type PlannedUrl = z.infer<typeof plannedUrl>;

export const plannedHost = z
  .strictObject({
    host: z.string(),
    /** Of the asked URLs, those that are in. */
    urlsIn: count,
    robots: z.strictObject({
      /** unknown: no crawl has read it yet. */
      status: z.enum(['rules', 'allow_all', 'unreachable', 'unknown']),
      fetchedAt: time.nullable(),
      crawlDelaySeconds: z.number().nullable(),
      /** Sitemap lines in it. */
      sitemaps: count,
    }),
    /** Milliseconds between the starts of two fetches: the slower of the campaign's and the site's. */
    delayMs: count,
    concurrency: count,
    /** Of the last execution; null where there is none, and the plan assumes instead. */
    lastPages: count.nullable(),
    lastAverageMs: z.number().nullable(),
    /** Pages the estimate is for. */
    pages: count,
    seconds: z.number(),
  })
  .meta({ id: 'PlannedHost' });
export type PlannedHost = z.infer<typeof plannedHost>;

export const plan = z
  .strictObject({
    campaignId: z.uuid(),
    configRevision: z.int(),
    counts: z.strictObject({ in: count, out: count, invalid: count }),
    urls: z.array(plannedUrl),
    hosts: z.array(plannedHost),
    estimate: z.strictObject({
      pages: count,
      /** Hosts are crawled side by side: the slowest decides, as far as scope.maxDurationSeconds lets it. */
      seconds: z.number(),
      basis: z.enum(['last_execution', 'assumptions']),
      executionId: z.uuid().nullable(),
      /** URLs that sitemaps named in the last execution. */
      sitemapUrls: count.nullable(),
      sentence: z.string(),
    }),
  })
  .meta({ id: 'Plan' });
export type Plan = z.infer<typeof plan>;
