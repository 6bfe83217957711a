import type { MetricResolution } from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { date, doublePrecision, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { count, timestamptz } from './column-types.js';

/** How fast each worker was, as a time series. */
export const crawlerPerformanceMetrics = pgTable('crawler_performance_metrics', {
  instanceId: uuid('instance_id').notNull(),
  recordedAt: timestamptz('recorded_at').notNull().default(sql`now()`),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  executionId: uuid('execution_id').notNull(),
  laneId: uuid('lane_id').notNull(),
  pagesPerSecond: doublePrecision('pages_per_second').notNull(),
  averageResponseTimeMs: doublePrecision('average_response_time_ms'),
  successRate: doublePrecision('success_rate'),
  errorRate: doublePrecision('error_rate'),
  cpuUsagePercent: doublePrecision('cpu_usage_percent').notNull(),
  memoryUsageMb: doublePrecision('memory_usage_mb').notNull(),
  queueSize: count('queue_size').notNull(),
  processedCount: count('processed_count').notNull(),
  pendingCount: count('pending_count').notNull(),
  bandwidthMbps: doublePrecision('bandwidth_mbps').notNull(),
  requestsPerMinute: doublePrecision('requests_per_minute').notNull(),
  resolution: text().$type<MetricResolution>().notNull().default(sql`'sample'::text`),
  seconds: doublePrecision().notNull().default(sql`5`),
});

/** The live counters of a campaign, and the number of its last event. */
export const campaignMetrics = pgTable('campaign_metrics', {
  campaignId: uuid('campaign_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  lastEventSeq: count('last_event_seq').notNull().default(sql`0`),
  executionsTotal: count('executions_total').notNull().default(sql`0`),
  pagesCrawled: count('pages_crawled').notNull().default(sql`0`),
  errorsEncountered: count('errors_encountered').notNull().default(sql`0`),
  urlsDiscovered: count('urls_discovered').notNull().default(sql`0`),
  wireBytes: count('wire_bytes').notNull().default(sql`0`),
  lastActivityAt: timestamptz('last_activity_at'),
  progressToldAt: timestamptz('progress_told_at'),
  pagesDay: date('pages_day'),
  pagesOfDay: count('pages_of_day').notNull().default(sql`0`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
});
