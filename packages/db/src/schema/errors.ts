import type { CrawlErrorType, Severity } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { boolean, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** What went wrong, in all runs. */
export const campaignErrors = pgTable('campaign_errors', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  executionId: uuid('execution_id').notNull(),
  crawlerId: uuid('crawler_id'),
  errorType: text('error_type').$type<CrawlErrorType>().notNull(),
  severity: text().$type<Severity>().notNull(),
  errorCode: text('error_code').notNull(),
  errorMessage: text('error_message').notNull(),
  errorStack: text('error_stack'),
  url: text(),
  urlHash: uuid('url_hash'),
  host: text(),
  httpStatusCode: integer('http_status_code'),
  retryCount: integer('retry_count').notNull().default(sql`0`),
  resolved: boolean().notNull().default(sql`false`),
  resolvedAt: timestamptz('resolved_at'),
  resolutionNotes: text('resolution_notes'),
  context: jsonb().$type<unknown>().notNull().default(sql`'{}'::jsonb`),
  occurredAt: timestamptz('occurred_at').notNull().default(sql`now()`),
});

/** How many of them an execution has of a kind; kept by the triggers of the table above. */
export const campaignErrorCounts = pgTable('campaign_error_counts', {
  executionId: uuid('execution_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  errorType: text('error_type').$type<CrawlErrorType>().notNull(),
  errorCode: text('error_code').notNull(),
  host: text(),
  severity: text().$type<Severity>().notNull(),
  errors: count('errors').notNull(),
  unresolved: count('unresolved').notNull(),
  firstSeen: timestamptz('first_seen').notNull(),
  lastSeen: timestamptz('last_seen').notNull(),
});
