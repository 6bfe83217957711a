import type { CampaignConfig } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** What is to be crawled, and how. */
export const crawlerCampaigns = pgTable('crawler_campaigns', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  name: text().notNull(),
  status: text().$type<'active' | 'archived'>().notNull().default(sql`'active'::text`),
  config: jsonb().$type<CampaignConfig>().notNull(),
  configRevision: integer('config_revision').notNull().default(sql`1`),
  lastExecutionNumber: integer('last_execution_number').notNull().default(sql`0`),
  seedCount: count('seed_count').notNull().default(sql`0`),
  deletedAt: timestamptz('deleted_at'),
  removedAt: timestamptz('removed_at'),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
});

/** Every configuration a campaign has had; an execution keeps the one it runs. */
export const campaignConfigRevisions = pgTable('campaign_config_revisions', {
  campaignId: uuid('campaign_id').notNull(),
  revision: integer().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  config: jsonb().$type<CampaignConfig>().notNull(),
  createdBy: uuid('created_by'),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
});

/** Where a campaign starts. */
export const campaignSeeds = pgTable('campaign_seeds', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  url: text().notNull(),
  urlKey: uuid('url_key').notNull(),
  source: text().$type<'manual' | 'import' | 'sitemap'>().notNull().default(sql`'manual'::text`),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
});
