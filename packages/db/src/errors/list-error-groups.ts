import type { CrawlErrorType, ErrorGroup, Severity } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Fragment, readInOrder } from '../cursors/bounded-scan.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';
import { newestErrors, occurredBefore } from './newest-errors.js';

/** Which groups of an execution's errors to list. */
export interface ErrorGroupFilter {
  readonly executionId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly errorType?: CrawlErrorType | undefined;
  readonly severity?: Severity | undefined;
  readonly errorCode?: string | undefined;
  readonly host?: string | undefined;
  /** Groups that have errors to resolve, or have none left. */
  readonly resolved?: boolean | undefined;
  readonly rowsLookedAt?: number | undefined;
}

interface GroupRow {
  error_type: CrawlErrorType;
  error_code: string;
  host: string | null;
  severity: Severity;
  count: number;
  unresolved: number;
  first_seen: Date;
  last_seen: Date;
  looked_at: number;
  examples: { readonly url: string | null; readonly message: string }[] | null;
}

/** So many are counted in less than 100 ms, from an index alone. */
const ERRORS_COUNTED = 100_000;
/** URLs that stand for a group. */
const EXAMPLES = 3;

/**
 * The errors of an execution by type, code and host, the most frequent first. Of 100,000 errors and more the newest are
 * counted, and `complete` is false. All slices count what had occurred before the first was read (by the clock of the
 * database, to the millisecond): what comes in meanwhile moves no group. Only a batch that was being written at that
 * moment may be in later slices and not in the first.
 */
export async function listErrorGroups(
  tx: Tx,
  filter: ErrorGroupFilter,
): Promise<{ readonly slice: Slice<ErrorGroup>; readonly complete: boolean }> {
  const { executionId, limit, rowsLookedAt = ERRORS_COUNTED } = filter;
  const before = await momentOf(tx, filter.after);
  const newest = newestErrors(tx, executionId, before, rowsLookedAt);
  await readInOrder(tx);
  const rows = await tx.sql<GroupRow[]>`
    select page.*, (${examplesOf(tx, filter, before)}) as examples
    from (${groups(tx, filter, newest)} limit ${limit + 1}) page
    order by page.count desc, page.error_code, page.error_type, coalesce(page.host, '')`;
  return {
    slice: sliceOf(
      rows,
      limit,
      (row) => toGroup(row, before),
      (row) => [before, row.count, row.error_code, row.error_type, row.host ?? ''],
    ),
    complete: await isComplete(tx, rows[0]?.looked_at, newest, rowsLookedAt),
  };
}

/** The moment before which errors are counted: that of the list's first slice, which its place carries. */
async function momentOf(tx: Tx, after: Place | null): Promise<string> {
  if (after !== null) return String(after[0]);
  // The end of the current millisecond, as the API tells no smaller parts of a second.
  const [row] = await tx.sql<{ moment: Date }[]>`
    select date_trunc('milliseconds', now()) + interval '1 millisecond' as moment`;
  if (row === undefined) throw new Error('the database told no time');
  return isoTime(row.moment);
}

/** The newest errors of a group; the index by group has those of a host, and those of none, in their order. */
function examplesOf(tx: Tx, filter: ErrorGroupFilter, before: string) {
  const newest = (ofHost: Fragment) => tx.sql`
    (select id, url, error_message from campaign_errors
      where ${occurredBefore(tx, filter.executionId, before)} and error_code = page.error_code and ${ofHost}
        and error_type = page.error_type ${ofSeverity(tx, filter)}
      order by id desc limit ${EXAMPLES})`;
  return tx.sql`
    select jsonb_agg(jsonb_build_object('url', url, 'message', error_message) order by id desc)
    from (${newest(tx.sql`host = page.host`)}
      union all ${newest(tx.sql`host is null and page.host is null`)}) example`;
}

/** Counted in two steps: of a hundred thousand rows as little as can be, and the rest of some hundred. */
function groups(tx: Tx, filter: ErrorGroupFilter, newest: ReturnType<typeof newestErrors>) {
  return tx.sql`
    select * from (
      select error_type, error_code, host,
        (array['info', 'warning', 'error', 'critical'])[max(
          case severity when 'critical' then 4 when 'error' then 3 when 'warning' then 2 else 1 end)] as severity,
        sum(errors)::float8 as count, coalesce(sum(errors) filter (where not resolved), 0)::float8 as unresolved,
        min(first_seen) as first_seen, max(last_seen) as last_seen, max(looked_at)::float8 as looked_at
      from (
        select error_type, error_code, host, severity, resolved, count(*) as errors, min(occurred_at) as first_seen,
          max(occurred_at) as last_seen, sum(count(*)) over () as looked_at
        from (${newest}) newest group by error_type, error_code, host, severity, resolved
      ) counted
      where true ${ofSeverity(tx, filter)}
      group by error_type, error_code, host
    ) grouped
    where true ${conditions(tx, filter)}
    order by count desc, error_code, error_type, coalesce(host, '')`;
}

function ofSeverity(tx: Tx, { severity }: ErrorGroupFilter) {
  return severity === undefined ? tx.sql`` : tx.sql`and severity = ${severity}`;
}

function conditions(tx: Tx, { errorType, errorCode, host, resolved, after }: ErrorGroupFilter) {
  const [, count = 0, code = '', type = '', lastHost = ''] = after ?? [];
  return tx.sql`
    ${errorType === undefined ? tx.sql`` : tx.sql`and error_type = ${errorType}`}
    ${errorCode === undefined ? tx.sql`` : tx.sql`and error_code = ${errorCode}`}
    ${host === undefined ? tx.sql`` : tx.sql`and host = ${host}`}
    ${resolved === undefined ? tx.sql`` : tx.sql`and (unresolved = 0) = ${resolved}`}
    ${
      after === null
        ? tx.sql``
        : tx.sql`and (count < ${count}::float8 or (count = ${count}::float8
            and (error_code, error_type, coalesce(host, '')) > (${code}::text, ${type}::text, ${lastHost}::text)))`
    }`;
}

function toGroup(row: GroupRow, before: string): ErrorGroup {
  const examples = row.examples ?? [];
  return {
    errorType: row.error_type,
    errorCode: row.error_code,
    host: row.host,
    severity: row.severity,
    count: row.count,
    unresolved: row.unresolved,
    firstSeen: isoTime(row.first_seen),
    lastSeen: isoTime(row.last_seen),
    errorMessage: examples[0]?.message ?? '',
    examples: [...new Set(examples.flatMap(({ url }) => (url === null ? [] : [url])))],
    before,
  };
}

/** Of a filter that leaves no group nothing was told of how many errors were looked at. */
async function isComplete(
  tx: Tx,
  lookedAt: number | undefined,
  newest: ReturnType<typeof newestErrors>,
  most: number,
): Promise<boolean> {
  if (lookedAt !== undefined) return lookedAt < most;
  const [last] = await tx.sql`select from (${newest}) newest offset ${most - 1} limit 1`;
  return last === undefined;
}
