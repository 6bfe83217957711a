import { sql } from 'drizzle-orm';
import { integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, timestamptz } from './column-types.js';

/** The answers given to requests that carried an Idempotency-Key. */
export const idempotencyKeys = pgTable('idempotency_keys', {
  tenantId: uuid('tenant_id').notNull(),
  key: text().notNull(),
  requestHash: bytea('request_hash').notNull(),
  responseStatus: integer('response_status'),
  responseBody: jsonb('response_body').$type<unknown>(),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
});
