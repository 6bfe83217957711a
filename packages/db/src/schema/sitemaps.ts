import type { SitemapDifference } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, real, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** The sitemap files an execution reads. */
export const executionSitemaps = pgTable('execution_sitemaps', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  executionId: uuid('execution_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  url: text().notNull(),
  urlKey: uuid('url_key').notNull(),
  host: text().notNull(),
  parentId: uuid('parent_id'),
  foundIn: text('found_in').notNull(),
  depth: smallint().notNull().default(sql`0`),
  redirects: smallint().notNull().default(sql`0`),
  state: text().notNull().default(sql`'pending'::text`),
  laneId: uuid('lane_id'),
  laneEpoch: count('lane_epoch'),
  attempt: smallint().notNull().default(sql`0`),
  leaseLosses: smallint('lease_losses').notNull().default(sql`0`),
  notBefore: timestamptz('not_before').notNull().default(sql`'-infinity'::timestamp with time zone`),
  format: text(),
  httpStatusCode: smallint('http_status_code'),
  contentType: text('content_type'),
  wireBytes: count('wire_bytes').notNull().default(sql`0`),
  decodedBytes: count('decoded_bytes').notNull().default(sql`0`),
  entries: integer().notNull().default(sql`0`),
  urlsInScope: integer('urls_in_scope').notNull().default(sql`0`),
  filesNamed: integer('files_named').notNull().default(sql`0`),
  dropped: jsonb().$type<unknown>().notNull().default(sql`'{}'::jsonb`),
  newestLastmod: timestamptz('newest_lastmod'),
  errorCode: text('error_code'),
  errorMessage: text('error_message'),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  settledAt: timestamptz('settled_at'),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
  pinnedId: uuid('pinned_id'),
});

/** Which sitemap names which URL. */
export const sitemapUrls = pgTable('sitemap_urls', {
  executionId: uuid('execution_id').notNull(),
  urlKey: uuid('url_key').notNull(),
  sitemapId: uuid('sitemap_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  lastmod: timestamptz(),
  changefreq: text(),
  priority: real(),
  alternates: jsonb().$type<unknown>(),
});

/** How the URLs of a run's sitemaps and those of its links differ, some hundred to a row. */
export const sitemapDifferences = pgTable('sitemap_differences', {
  executionId: uuid('execution_id').notNull(),
  difference: text().$type<SitemapDifference>().notNull(),
  lastUrlKey: uuid('last_url_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  urlKeys: uuid('url_keys').array().notNull(),
});
