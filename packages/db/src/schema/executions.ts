import type {
  CampaignConfig,
  DesiredState,
  EndReason,
  ExecutionState,
  ExecutionType,
  OperationCause,
  SiteStructure,
} from '@outrider/shared';
import { sql } from 'drizzle-orm';
import { doublePrecision, integer, jsonb, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import type { ResultSummary } from '../executions/summarize-execution.js';
import { count, timestamptz } from './column-types.js';

/** Runs of campaigns. */
export const campaignExecutions = pgTable('campaign_executions', {
  id: uuid().notNull(),
  tenantId: uuid('tenant_id').notNull(),
  campaignId: uuid('campaign_id').notNull(),
  number: integer().notNull(),
  executionType: text('execution_type').$type<ExecutionType>().notNull(),
  status: text().$type<ExecutionState>().notNull().default(sql`'queued'::text`),
  endReason: text('end_reason').$type<EndReason>(),
  config: jsonb().$type<CampaignConfig>().notNull(),
  configRevision: integer('config_revision').notNull(),
  laneCount: integer('lane_count').notNull(),
  scopeHosts: text('scope_hosts').array().notNull().default(sql`'{}'::text[]`),
  scopeVersion: integer('scope_version').notNull().default(sql`1`),
  seedsDiscovered: integer('seeds_discovered').notNull().default(sql`0`),
  seedsSkipped: integer('seeds_skipped').notNull().default(sql`0`),
  startedAt: timestamptz('started_at'),
  completedAt: timestamptz('completed_at'),
  durationSeconds: doublePrecision('duration_seconds'),
  pagesCrawled: count('pages_crawled').notNull().default(sql`0`),
  errorsEncountered: count('errors_encountered').notNull().default(sql`0`),
  crawlersUsed: integer('crawlers_used').notNull().default(sql`0`),
  memoryPeakMb: doublePrecision('memory_peak_mb'),
  triggeredBy: text('triggered_by').notNull(),
  triggerReason: text('trigger_reason'),
  resultSummary: jsonb('result_summary').$type<ResultSummary>(),
  errorLog: jsonb('error_log').$type<unknown>(),
  previousExecutionId: uuid('previous_execution_id'),
  inlinksIndexedAt: timestamptz('inlinks_indexed_at'),
  sitemapsComparedAt: timestamptz('sitemaps_compared_at'),
  analyzedAt: timestamptz('analyzed_at'),
  structureStoredAt: timestamptz('structure_stored_at'),
  priority: text()
    .$type<CampaignConfig['priority']>()
    .notNull()
    .generatedAlwaysAs(sql`config ->> 'priority'`),
  renderer: text()
    .$type<CampaignConfig['renderer']>()
    .notNull()
    .generatedAlwaysAs(sql`config ->> 'renderer'`),
  desiredState: text('desired_state').$type<DesiredState>().notNull().default(sql`'run'::text`),
  desiredBy: text('desired_by'),
  desiredCause: text('desired_cause').$type<OperationCause>().notNull().default(sql`'request'::text`),
  cutAt: timestamptz('cut_at'),
  operationId: uuid('operation_id'),
  pausedAt: timestamptz('paused_at'),
  pausedSeconds: doublePrecision('paused_seconds').notNull().default(sql`0`),
  waitedSeconds: doublePrecision('waited_seconds').notNull().default(sql`0`),
  resumedAt: timestamptz('resumed_at'),
  rateBasePages: count('rate_base_pages').notNull().default(sql`0`),
  rateBaseErrors: count('rate_base_errors').notNull().default(sql`0`),
  repeatsExecutionId: uuid('repeats_execution_id'),
  scopeRevision: integer('scope_revision'),
  scopeCursor: uuid('scope_cursor'),
  scopeSkipped: count('scope_skipped').notNull().default(sql`0`),
  lastProgressAt: timestamptz('last_progress_at').notNull().default(sql`now()`),
  createdAt: timestamptz('created_at').notNull().default(sql`now()`),
  updatedAt: timestamptz('updated_at').notNull().default(sql`now()`),
  judgedVersion: integer('judged_version').notNull().default(sql`1`),
});

/** What the site of an ended execution looks like from afar. */
export const executionStructures = pgTable('execution_structures', {
  executionId: uuid('execution_id').notNull(),
  tenantId: uuid('tenant_id').notNull(),
  structure: jsonb().$type<SiteStructure>().notNull(),
});
