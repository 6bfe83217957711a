import { sql } from 'drizzle-orm';
import { date, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** Whose data is whose. Every row of a table with a `tenant_id` belongs to one of these. */
export const tenants = pgTable('tenants', {
  id: uuid().notNull(),
  name: text().notNull(),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
});

/** What a tenant may use; null for no limit. */
export const tenantQuotas = pgTable('tenant_quotas', {
  tenantId: uuid('tenant_id').notNull(),
  maxRunningExecutions: integer('max_running_executions'),
  maxPagesPerDay: count('max_pages_per_day'),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
});

/** Pages that a tenant with a quota has booked, per day (UTC). */
export const tenantPageDays = pgTable('tenant_page_days', {
  tenantId: uuid('tenant_id').notNull(),
  day: date().notNull(),
  pages: count().notNull().default(sql`0`),
});
