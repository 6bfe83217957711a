import type { EventType } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** The ordered record of all that happened in a campaign. */
export const eventStream = pgTable('event_stream', {
  campaignId: uuid('campaign_id').notNull(),
  seq: count().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  executionId: uuid('execution_id'),
  eventType: text('event_type').$type<EventType>().notNull(),
  payload: jsonb().$type<unknown>().notNull().default(sql`'{}'::jsonb`),
  occurredAt: timestamptz('occurred_at').notNull().default(sql`now()`),
});
