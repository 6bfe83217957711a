import { sql } from 'drizzle-orm';
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, timestamptz } from './column-types.js';

/** Browsers that are signed in to the dashboard; of their token only a SHA-256 is kept. */
export const dashboardSessions = pgTable('dashboard_sessions', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  apiKeyId: uuid('api_key_id').notNull(),
  tokenHash: bytea('token_hash').notNull(),
  remoteAddress: text('remote_address'),
  userAgent: text('user_agent'),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  lastSeenAt: timestamptz('last_seen_at').notNull().default(sql`now()`),
  expiresAt: timestamptz('expires_at').notNull(),
});

/** Links that sign a browser in once. */
export const signInLinks = pgTable('sign_in_links', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  apiKeyId: uuid('api_key_id').notNull(),
  tokenHash: bytea('token_hash').notNull(),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  expiresAt: timestamptz('expires_at').notNull(),
  usedAt: timestamptz('used_at'),
});
