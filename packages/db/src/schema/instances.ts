import { sql } from 'drizzle-orm';
import { boolean, doublePrecision, integer, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { timestamptz } from './column-types.js';

/** Worker processes. They serve every tenant, so the rows belong to none. */
export const crawlerInstances = pgTable('crawler_instances', {
  id: uuid().notNull(),
  host: text().notNull(),
  pid: integer().notNull(),
  version: text().notNull(),
  capabilities: text().array().notNull().default(sql`'{http}'::text[]`),
  capacity: integer().notNull(),
  state: text().$type<'idle' | 'working' | 'draining' | 'gone'>().notNull().default(sql`'idle'::text`),
  lanesActive: integer('lanes_active').notNull().default(sql`0`),
  memoryUsageMb: doublePrecision('memory_usage_mb'),
  cpuUsagePercent: doublePrecision('cpu_usage_percent'),
  endedBy: text('ended_by'),
  passedOverAt: timestamptz('passed_over_at'),
  startedAt: timestamptz('started_at').notNull().default(sql`now()`),
  heartbeatAt: timestamptz('heartbeat_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
  browserTrouble: text('browser_trouble'),
  supervised: boolean().notNull().default(sql`false`),
});
