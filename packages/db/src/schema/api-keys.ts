import { sql } from 'drizzle-orm';
import { pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, timestamptz } from './column-types.js';

/** API keys, of which only a SHA-256 is kept. */
export const apiKeys = pgTable('api_keys', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  name: text().notNull(),
  publicId: text('public_id').notNull(),
  environment: text().notNull(),
  secretHash: bytea('secret_hash').notNull(),
  lastFour: text('last_four').notNull(),
  scope: text().$type<'viewer' | 'operator' | 'admin'>().notNull(),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
  expiresAt: timestamptz('expires_at'),
  revokedAt: timestamptz('revoked_at'),
  lastUsedAt: timestamptz('last_used_at'),
});
