import { sql } from 'drizzle-orm';
import { boolean, integer, jsonb, pgTable, real, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, count, timestamptz } from './column-types.js';

/** One row per fetched URL. */
export const crawlResults = pgTable('crawl_results', {
  executionId: uuid('execution_id').notNull(),
  urlKey: uuid('url_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  url: text().notNull(),
  host: text().notNull(),
  depth: smallint().notNull(),
  statusCode: smallint('status_code').notNull(),
  contentType: text('content_type'),
  isHtml: boolean('is_html').notNull().default(sql`false`),
  attempt: smallint().notNull().default(sql`1`),
  fetchedAt: timestamptz('fetched_at').notNull(),
  ttfbMs: real('ttfb_ms'),
  totalMs: real('total_ms').notNull(),
  wireBytes: count('wire_bytes').notNull().default(sql`0`),
  decodedBytes: count('decoded_bytes').notNull().default(sql`0`),
  redirectUrl: text('redirect_url'),
  redirectKey: uuid('redirect_key'),
  title: text(),
  description: text(),
  h1: text(),
  canonicalUrl: text('canonical_url'),
  indexable: boolean().notNull(),
  indexabilityReason: text('indexability_reason'),
  language: text(),
  wordCount: integer('word_count'),
  internalLinks: integer('internal_links').notNull().default(sql`0`),
  externalLinks: integer('external_links').notNull().default(sql`0`),
  bodyHash: bytea('body_hash'),
  textHash: bytea('text_hash'),
  response: jsonb().$type<unknown>().notNull(),
  page: jsonb().$type<unknown>(),
});
