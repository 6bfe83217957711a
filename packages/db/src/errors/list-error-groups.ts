import type { CrawlErrorType, ErrorGroup, Severity } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';
import { isoTime } from '../times/iso-time.js';

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
  example_ids: string[];
  looked_at: number;
}

interface ExampleRow {
  id: string;
  url: string | null;
  error_message: string;
}

/** So many are counted in some 100 ms, from an index alone. */
const ERRORS_COUNTED = 100_000;
/** URLs that stand for a group. */
const EXAMPLES = 3;

/**
 * The errors of an execution by type, code and host, the most frequent first. Of 100,000 errors and more the newest are
 * counted, and `complete` is false. While errors come in, a group may change its place between two slices.
 */
export async function listErrorGroups(
  tx: Tx,
  filter: ErrorGroupFilter,
): Promise<{ readonly slice: Slice<ErrorGroup>; readonly complete: boolean }> {
  const { executionId, severity, limit, rowsLookedAt = ERRORS_COUNTED } = filter;
  const wanted = severity === undefined ? tx.sql`true` : tx.sql`severity = ${severity}`;
  const rows = await tx.sql<GroupRow[]>`
    select * from (
      select error_type, error_code, host,
        (array['info', 'warning', 'error', 'critical'])[max(
          case severity when 'critical' then 4 when 'error' then 3 when 'warning' then 2 else 1 end)
          filter (where ${wanted})] as severity,
        (count(*) filter (where ${wanted}))::float8 as count,
        (count(*) filter (where ${wanted} and not resolved))::float8 as unresolved,
        min(occurred_at) filter (where ${wanted}) as first_seen, max(occurred_at) filter (where ${wanted}) as last_seen,
        (array_agg(id) filter (where ${wanted}))[1:${EXAMPLES}::int] as example_ids,
        sum(count(*)) over ()::float8 as looked_at
      from (
        select id, error_type, error_code, host, severity, resolved, occurred_at from campaign_errors
        where execution_id = ${executionId} order by id desc limit ${rowsLookedAt}
      ) newest
      group by error_type, error_code, host
    ) grouped
    where count > 0 ${conditions(tx, filter)}
    order by count desc, error_code, error_type, coalesce(host, '') limit ${limit + 1}`;
  const examples = await readExamples(tx, rows);
  return {
    slice: sliceOf(
      rows.map((row) => toGroup(row, examples)),
      limit,
      (group) => group,
      (group) => [group.count, group.errorCode, group.errorType, group.host ?? ''],
    ),
    complete: await isComplete(tx, executionId, rows[0]?.looked_at, rowsLookedAt),
  };
}

function conditions(tx: Tx, { errorType, errorCode, host, resolved, after }: ErrorGroupFilter) {
  const [count = 0, code = '', type = '', lastHost = ''] = after ?? [];
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

/** The errors that stand for their groups, by their ids. */
async function readExamples(tx: Tx, rows: readonly GroupRow[]): Promise<Map<string, ExampleRow>> {
  const ids = rows.flatMap((row) => row.example_ids);
  const examples = await tx.sql<ExampleRow[]>`
    select id, url, error_message from campaign_errors where id = any(${ids}::uuid[])`;
  return new Map(examples.map((example) => [example.id, example]));
}

function toGroup(row: GroupRow, examplesById: ReadonlyMap<string, ExampleRow>): ErrorGroup {
  const examples = row.example_ids.flatMap((id) => examplesById.get(id) ?? []);
  return {
    errorType: row.error_type,
    errorCode: row.error_code,
    host: row.host,
    severity: row.severity,
    count: row.count,
    unresolved: row.unresolved,
    firstSeen: isoTime(row.first_seen),
    lastSeen: isoTime(row.last_seen),
    errorMessage: examples[0]?.error_message ?? '',
    examples: [...new Set(examples.flatMap(({ url }) => (url === null ? [] : [url])))],
  };
}

/** Of a filter that leaves no group nothing was told of how many errors were looked at. */
async function isComplete(
  tx: Tx,
  executionId: string,
  lookedAt: number | undefined,
  most: number,
): Promise<boolean> {
  if (lookedAt !== undefined) return lookedAt < most;
  const [last] = await tx.sql`
    select from campaign_errors where execution_id = ${executionId} order by id desc offset ${most - 1} limit 1`;
  return last === undefined;
}
