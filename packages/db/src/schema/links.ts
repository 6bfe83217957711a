import { integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';

/** The link graph of a run: one row per page, with all its links. */
export const crawlLinks = pgTable('crawl_links', {
  executionId: uuid('execution_id').notNull(),
  sourceKey: uuid('source_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  linkCount: integer('link_count').notNull(),
  targetKeys: uuid('target_keys').array().notNull(),
  links: text().notNull(),
});

/** The same graph from its other side: the pages that name a URL, some hundred to a row. */
export const crawlInlinks = pgTable('crawl_inlinks', {
  executionId: uuid('execution_id').notNull(),
  targetKey: uuid('target_key').notNull(),
  lastSourceKey: uuid('last_source_key').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  sourceKeys: uuid('source_keys').array().notNull(),
});
