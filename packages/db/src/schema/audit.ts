import { sql } from 'drizzle-orm';
import { jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** Who did what; rows are only ever added. */
export const auditLog = pgTable('audit_log', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  apiKeyId: uuid('api_key_id'),
  action: text().notNull(),
  subjectType: text('subject_type').notNull(),
  subjectId: text('subject_id'),
  remoteAddress: text('remote_address'),
  requestId: text('request_id'),
  detail: jsonb().$type<unknown>().notNull().default(sql`'{}'::jsonb`),
  occurredAt: timestamptz('occurred_at').notNull().default(sql`now()`),
});
