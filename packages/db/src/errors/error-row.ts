import type { CampaignError, CrawlErrorType, Severity } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime, isoTimeOrNull } from '../times/iso-time.js';

/** A row of campaign_errors. */
export interface ErrorRow {
  id: string;
  campaign_id: string;
  execution_id: string;
  crawler_id: string | null;
  error_type: CrawlErrorType;
  severity: Severity;
  error_code: string;
  error_message: string;
  error_stack: string | null;
  url: string | null;
  source_url: string | null;
  http_status_code: number | null;
  retry_count: number;
  resolved: boolean;
  resolved_at: Date | null;
  resolution_notes: string | null;
  context: Record<string, unknown>;
  occurred_at: Date;
}

/** For a query over `campaign_errors`. The page that named the URL is one look-up by primary key for each row shown. */
export function errorColumns(tx: Tx) {
  return tx.sql`
    id, campaign_id, execution_id, crawler_id, error_type, severity, error_code, error_message, error_stack, url,
    http_status_code, retry_count, resolved, resolved_at, resolution_notes, context, occurred_at,
    (select log.source_url from url_discovery_log log
      where log.execution_id = campaign_errors.execution_id and log.url_hash = campaign_errors.url_hash) as source_url`;
}

export function toCampaignError(row: ErrorRow): CampaignError {
  return {
    id: row.id,
    campaignId: row.campaign_id,
    executionId: row.execution_id,
    crawlerId: row.crawler_id,
    errorType: row.error_type,
    severity: row.severity,
    errorCode: row.error_code,
    errorMessage: row.error_message,
    errorStack: row.error_stack,
    url: row.url,
    sourceUrl: row.source_url,
    httpStatusCode: row.http_status_code,
    retryCount: row.retry_count,
    resolved: row.resolved,
    resolvedAt: isoTimeOrNull(row.resolved_at),
    resolutionNotes: row.resolution_notes,
    context: row.context,
    occurredAt: isoTime(row.occurred_at),
  };
}
