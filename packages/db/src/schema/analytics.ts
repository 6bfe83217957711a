import { sql } from 'drizzle-orm';
import { doublePrecision, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** Rollups per execution and per day. */
export const campaignAnalytics = pgTable('campaign_analytics', {
  campaignId: uuid('campaign_id').notNull(),
  period: text().$type<'execution' | 'day'>().notNull(),
  periodKey: text('period_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  executions: integer().notNull().default(sql`1`),
  pagesCrawled: count('pages_crawled').notNull().default(sql`0`),
  errorsEncountered: count('errors_encountered').notNull().default(sql`0`),
  urlsDiscovered: count('urls_discovered').notNull().default(sql`0`),
  wireBytes: count('wire_bytes').notNull().default(sql`0`),
  averageResponseTimeMs: doublePrecision('average_response_time_ms'),
  summary: jsonb().$type<unknown>().notNull().default(sql`'{}'::jsonb`),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
});
