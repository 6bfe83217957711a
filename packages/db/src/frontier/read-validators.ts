import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';

/** What the campaign's previous execution knows of a URL's version: enough to ask whether it has changed. */
export interface KnownVersion {
  /** The execution whose record is carried over if it has not. */
  readonly executionId: string;
  /** `ETag` and `Last-Modified` as the server sent them. */
  readonly etag: string | null;
  readonly lastModified: string | null;
}

interface VersionRow {
  execution_id: string;
  url_key: string;
  etag: string | null;
  last_modified: string | null;
}

/**
 * The versions that the previous execution of the same campaign recorded of URLs, by key: of those it got whole
 * and with status 200, or 304, itself carried over; a 304 to a plain request, with nothing behind it, is no version. None at all when the campaign's scope has changed since:
 * which links are internal, and which URLs they are, would not be what the old record says. Nor when it was
 * rendered and this one is not, or other directives for robots are obeyed.
 */
export async function readValidators(
  tx: Tx,
  hold: LaneHold,
  urlKeys: readonly string[],
): Promise<Map<string, KnownVersion>> {
  if (urlKeys.length === 0) return new Map();
  const rows = await tx.sql<VersionRow[]>`
    select known.execution_id, known.url_key, known.response ->> 'etag' as etag,
      known.response ->> 'lastModified' as last_modified
    from campaign_executions execution
    join campaign_executions previous
      on previous.id = execution.previous_execution_id and previous.config -> 'scope' = execution.config -> 'scope'
        and previous.config -> 'renderer' = execution.config -> 'renderer'
        and previous.config #> '{politeness,robotsToken}' = execution.config #> '{politeness,robotsToken}'
    join crawl_results known on known.execution_id = previous.id and known.url_key = any(${[...urlKeys]}::uuid[])
    where execution.id = ${hold.executionId} and (known.status_code = 200 or known.status_code = 304 and known.response ->> 'carriedFrom' is not null)
      and known.response ->> 'truncated' is distinct from 'true'
      and coalesce(known.response ->> 'etag', known.response ->> 'lastModified') is not null`;
  return new Map(
    rows.map((row) => [
      row.url_key,
      { executionId: row.execution_id, etag: row.etag, lastModified: row.last_modified },
    ]),
  );
}
