import type { CampaignError, CrawlErrorType, Severity } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { statusRange } from '../cursors/status-range.js';
import { type ErrorRow, errorColumns, toCampaignError } from './error-row.js';

/** Which errors of a campaign to list. */
export interface ErrorFilter {
  readonly campaignId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly executionId?: string | undefined;
  readonly errorType?: CrawlErrorType | undefined;
  readonly severity?: Severity | undefined;
  readonly errorCode?: string | undefined;
  /** `404`, or a class like `4xx`. */
  readonly status?: string | undefined;
  readonly host?: string | undefined;
  readonly urlContains?: string | undefined;
  readonly resolved?: boolean | undefined;
  /** Occurred at or after, and before (ISO 8601). */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
}

/** Errors of a campaign, newest first. */
export async function listErrors(tx: Tx, filter: ErrorFilter): Promise<Slice<CampaignError>> {
  const { limit, after } = filter;
  const rows = await tx.sql<ErrorRow[]>`
    select ${errorColumns(tx)} from campaign_errors
    where campaign_id = ${filter.campaignId}
      ${after === null ? tx.sql`` : tx.sql`and id < ${after[0] ?? ''}::uuid`}
      ${conditions(tx, filter)}
    order by id desc limit ${limit + 1}`;
  return sliceOf(rows, limit, toCampaignError, (row) => [row.id]);
}

function conditions(tx: Tx, filter: ErrorFilter) {
  const { executionId, errorType, severity, errorCode, host, urlContains, resolved, since, until } = filter;
  const range = filter.status === undefined ? undefined : statusRange(filter.status);
  return tx.sql`
    ${executionId === undefined ? tx.sql`` : tx.sql`and execution_id = ${executionId}`}
    ${errorType === undefined ? tx.sql`` : tx.sql`and error_type = ${errorType}`}
    ${severity === undefined ? tx.sql`` : tx.sql`and severity = ${severity}`}
    ${errorCode === undefined ? tx.sql`` : tx.sql`and error_code = ${errorCode}`}
    ${range === undefined ? tx.sql`` : tx.sql`and http_status_code between ${range.low} and ${range.high}`}
    ${host === undefined ? tx.sql`` : tx.sql`and host = ${host}`}
    ${urlContains === undefined ? tx.sql`` : tx.sql`and strpos(lower(url), lower(${urlContains})) > 0`}
    ${resolved === undefined ? tx.sql`` : tx.sql`and resolved = ${resolved}`}
    ${since === undefined ? tx.sql`` : tx.sql`and occurred_at >= ${since}::timestamptz`}
    ${until === undefined ? tx.sql`` : tx.sql`and occurred_at < ${until}::timestamptz`}`;
}
