import type { CrawlErrorType, ErrorGroup, Severity } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Fragment, readInOrder } from '../cursors/bounded-scan.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';
import { countedErrors } from './counted-errors.js';
import { occurredBefore } from './occurred-before.js';

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
  examples: { readonly url: string | null; readonly message: string }[] | null;
}

/** URLs that stand for a group. */
const EXAMPLES = 3;

/**
 * The errors of an execution by type, code and host, the most frequent first. All slices count what had occurred before the
 * first was read (by the clock of the database, to the millisecond): what comes in meanwhile moves no group. Only a batch
 * that was being written at that moment may be in later slices and not in the first.
 */
export async function listErrorGroups(tx: Tx, filter: ErrorGroupFilter): Promise<Slice<ErrorGroup>> {
  const { limit, after } = filter;
  const before = after === null ? await readMoment(tx) : String(after[0]);
  await readInOrder(tx);
  const rows = await tx.sql<GroupRow[]>`
    select page.*, (${examplesOf(tx, filter, before)}) as examples
    from (${groups(tx, filter, after === null ? null : before)} limit ${limit + 1}) page
    order by page.count desc, page.error_code, page.error_type, coalesce(page.host, '')`;
  return sliceOf(
    rows,
    limit,
    (row) => toGroup(row, before),
    (row) => [before, row.count, row.error_code, row.error_type, row.host ?? ''],
  );
}

/** The end of the current millisecond: the API tells no smaller parts of a second. */
async function readMoment(tx: Tx): Promise<string> {
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

/** Later slices count as of the moment of the first; that one counts all there is. */
function groups(tx: Tx, filter: ErrorGroupFilter, before: string | null) {
  return tx.sql`
    select * from (
      select error_type, error_code, host,
        (array['info', 'warning', 'error', 'critical'])[max(
          case severity when 'critical' then 4 when 'error' then 3 when 'warning' then 2 else 1 end)] as severity,
        sum(errors)::float8 as count, sum(unresolved)::float8 as unresolved,
        min(first_seen) as first_seen, max(last_seen) as last_seen
      from (${countedErrors(tx, filter.executionId, before)}) counted
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
