import { sql } from 'drizzle-orm';
import { jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** Who did what, on what, from where; rows are only ever added, and leave by the month. */
export const auditLog = pgTable('audit_log', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  apiKeyId: uuid('api_key_id'),
  apiKeyName: text('api_key_name'),
  action: text().notNull(),
  subjectType: text('subject_type').notNull(),
  subjectId: text('subject_id'),
  campaignId: uuid('campaign_id'),
  executionId: uuid('execution_id'),
  remoteAddress: text('remote_address'),
  userAgent: text('user_agent'),
  requestId: text('request_id'),
  before: jsonb().$type<unknown>(),
  after: jsonb().$type<unknown>(),
  detail: jsonb().$type<unknown>().notNull().default(sql`'{}'::jsonb`),
  occurredAt: timestamptz('occurred_at').notNull().default(sql`now()`),
});
