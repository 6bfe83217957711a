import type { CampaignError, CrawlErrorType, Severity } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { scanSlice } from '../cursors/bounded-scan.js';
import type { Place, Slice } from '../cursors/slice.js';
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
  /** Errors that belong to no host. */
  readonly withoutHost?: boolean | undefined;
  readonly resolved?: boolean | undefined;
  /** Occurred at or after, and before (ISO 8601). */
  readonly since?: string | undefined;
  readonly until?: string | undefined;
  readonly rowsLookedAt?: number | undefined;
}

/**
 * Errors of a campaign, newest first. A slice may hold fewer than were asked for and yet not be the last, see
 * `scanSlice`.
 */
export function listErrors(tx: Tx, filter: ErrorFilter): Promise<Slice<CampaignError>> {
  const { limit, after } = filter;
  return scanSlice<ErrorRow, Pick<ErrorRow, 'id'>, CampaignError>(tx, {
    candidates: tx.sql`
      select * from campaign_errors
      where ${indexed(tx, filter)} ${after === null ? tx.sql`` : tx.sql`and id < ${after[0] ?? ''}::uuid`} order by id desc`,
    as: tx.sql`campaign_errors`,
    columns: errorColumns(tx),
    filter: conditions(tx, filter),
    order: tx.sql`campaign_errors.id desc`,
    place: tx.sql`campaign_errors.id`,
    limit,
    present: toCampaignError,
    placeOf: (row) => [row.id],
    rowsLookedAt: filter.rowsLookedAt,
  });
}

/** Those conditions that an index has in the order of the list: the campaign, its execution, or a group in that. */
function indexed(tx: Tx, { campaignId, executionId, errorCode, host, withoutHost }: ErrorFilter) {
  if (executionId === undefined) return tx.sql`campaign_id = ${campaignId}`;
  const execution = tx.sql`execution_id = ${executionId}`;
  if (errorCode === undefined) return execution;
  if (host !== undefined) return tx.sql`${execution} and error_code = ${errorCode} and host = ${host}`;
  if (withoutHost === true) return tx.sql`${execution} and error_code = ${errorCode} and host is null`;
  return execution;
}

function conditions(tx: Tx, filter: ErrorFilter) {
  const { campaignId, errorType, severity, errorCode, host, urlContains, resolved, since, until } = filter;
  const { withoutHost } = filter;
  const range = filter.status === undefined ? undefined : statusRange(filter.status);
  return tx.sql`
    and campaign_id = ${campaignId}
    ${errorType === undefined ? tx.sql`` : tx.sql`and error_type = ${errorType}`}
    ${severity === undefined ? tx.sql`` : tx.sql`and severity = ${severity}`}
    ${errorCode === undefined ? tx.sql`` : tx.sql`and error_code = ${errorCode}`}
    ${range === undefined ? tx.sql`` : tx.sql`and http_status_code between ${range.low} and ${range.high}`}
    ${host === undefined ? tx.sql`` : tx.sql`and host = ${host}`}
    ${urlContains === undefined ? tx.sql`` : tx.sql`and strpos(lower(url), lower(${urlContains})) > 0`}
    ${withoutHost === undefined ? tx.sql`` : tx.sql`and (host is null) = ${withoutHost}`}
    ${resolved === undefined ? tx.sql`` : tx.sql`and resolved = ${resolved}`}
    ${since === undefined ? tx.sql`` : tx.sql`and occurred_at >= ${since}::timestamptz`}
    ${until === undefined ? tx.sql`` : tx.sql`and occurred_at < ${until}::timestamptz`}`;
}
