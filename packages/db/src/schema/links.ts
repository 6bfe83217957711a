import { boolean, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';

/** The link graph of a run. */
export const crawlLinks = pgTable('crawl_links', {
  executionId: uuid('execution_id').notNull(),
  sourceKey: uuid('source_key').notNull(),
  ordinal: integer().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  targetKey: uuid('target_key'),
  targetUrl: text('target_url'),
  rawHref: text('raw_href').notNull(),
  linkType: text('link_type').notNull(),
  isInternal: boolean('is_internal').notNull(),
  follow: boolean().notNull(),
  rel: text(),
  anchorText: text('anchor_text'),
  altText: text('alt_text'),
  position: text().notNull(),
  pathType: text('path_type').notNull(),
  problem: text(),
});
