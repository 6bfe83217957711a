import type { DiscoveryMethod, SkipReason } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { boolean, pgTable, smallint, text, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** Every URL a run came across and what was decided about it: one row per URL per execution. */
export const urlDiscoveryLog = pgTable('url_discovery_log', {
  executionId: uuid('execution_id').notNull(),
  urlHash: uuid('url_hash').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  discoveredUrl: text('discovered_url').notNull(),
  host: text().notNull(),
  sourceUrl: text('source_url'),
  discoveryMethod: text('discovery_method').$type<DiscoveryMethod>().notNull(),
  urlDepth: smallint('url_depth'),
  isInternal: boolean('is_internal').notNull(),
  shouldCrawl: boolean('should_crawl').notNull(),
  skipReason: text('skip_reason').$type<SkipReason>(),
  skipRule: text('skip_rule'),
  priorityScore: smallint('priority_score').notNull().default(sql`0`),
  discoveredAt: timestamptz('discovered_at').notNull().default(sql`now()`),
});
