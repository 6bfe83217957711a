import type { ChangedField, ComparedPage, PageChange, PageChangeKind } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { Fragment } from '../cursors/bounded-scan.js';
import { type Place, type Slice, sliceOf } from '../cursors/slice.js';

/** Which changes to list. */
export interface PageChangeFilter {
  readonly executionId: string;
  /** What it is compared with. */
  readonly sinceId: string;
  readonly limit: number;
  readonly after: Place | null;
  readonly kind?: PageChangeKind | undefined;
  /** Changed pages that differ in this alone or among others. */
  readonly field?: ChangedField | undefined;
  /** Whatever the case. */
  readonly urlContains?: string | undefined;
  /** Of each execution. Default 2,000. */
  readonly rowsLookedAt?: number | undefined;
}

const ROWS_LOOKED_AT = 2_000;
/** After every key. */
const BEYOND = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
const NO_KEY = '00000000-0000-0000-0000-000000000000';

interface ChangeRow {
  key: string;
  url: string;
  kind: PageChangeKind;
  fields: ChangedField[];
  before: ComparedPage | null;
  after: ComparedPage | null;
  instead: PageChange['instead'];
}

/**
 * What became of pages between two executions, in the order of their keys. The pages of both are read side by side in the
 * order of their primary keys, a bounded number at a time; a part of the list ends where the shorter of the two readings
 * does. So a slice may hold fewer than were asked for, or none, and yet not be the last.
 */
export async function listPageChanges(tx: Tx, filter: PageChangeFilter): Promise<Slice<PageChange>> {
  const { limit, after, rowsLookedAt = ROWS_LOOKED_AT } = filter;
  const from = String(after?.[0] ?? NO_KEY);
  await tx.sql`
    select set_config('plan_cache_mode', 'force_custom_plan', true), set_config(name, 'off', true)
    from unnest(array['enable_seqscan', 'enable_bitmapscan']) as name`;
  const edge = await readEdge(tx, filter, from, rowsLookedAt);
  const rows = await tx.sql<ChangeRow[]>`
    with earlier as (${pagesBetween(tx, filter.sinceId, from, edge ?? BEYOND)}),
      later as (${pagesBetween(tx, filter.executionId, from, edge ?? BEYOND)}),
      compared as (
        select coalesce(later.url_key, earlier.url_key) as key, coalesce(later.url, earlier.url) as url,
          case when earlier.url_key is null then 'new' when later.url_key is null then 'gone' else 'changed' end as kind,
          case when earlier.url_key is null or later.url_key is null then '{}'::text[] else ${differingFields(tx)} end
            as fields,
          earlier.page as before, later.page as after
        from earlier full join later on later.url_key = earlier.url_key
      ),
      changes as (
        select * from compared where (kind <> 'changed' or fields <> '{}') ${conditions(tx, filter)}
        order by key limit ${limit + 1}
      )
    select changes.*, ${standing(tx)} as instead from changes
    left join crawl_targets target on changes.kind <> 'changed' and target.url_key = changes.key
      and target.execution_id = case changes.kind when 'new' then ${filter.sinceId}::uuid else ${filter.executionId}::uuid end
    left join url_discovery_log log on target.state = 'skipped' and log.url_hash = target.url_key
      and log.execution_id = target.execution_id
    order by changes.key`;
  const slice = sliceOf(rows, limit, toChange, ({ key }): Place => [key]);
  if (slice.next !== null || edge === null) return slice;
  return { ...slice, next: [edge] };
}

/** The key up to which both readings go; null when both go to the end. */
async function readEdge(
  tx: Tx,
  { executionId, sinceId }: PageChangeFilter,
  from: string,
  rows: number,
): Promise<string | null> {
  const lastOf = (id: string) => tx.sql`
    (select url_key from crawl_results where execution_id = ${id} and url_key > ${from}::uuid
     order by url_key offset ${rows - 1} limit 1)`;
  const [edge] = await tx.sql<{ key: string }[]>`
    select url_key as key from (${lastOf(executionId)} union all ${lastOf(sinceId)}) edges order by url_key limit 1`;
  return edge?.key ?? null;
}

function pagesBetween(tx: Tx, executionId: string, from: string, to: string): Fragment {
  return tx.sql`
    select url_key, url, main_text_hash, jsonb_build_object(
        'statusCode', status_code, 'redirectUrl', redirect_url, 'title', title, 'description', description, 'h1', h1,
        'canonicalUrl', canonical_url, 'indexable', indexable, 'indexabilityReason', indexability_reason) as page
    from crawl_results
    where execution_id = ${executionId} and url_key > ${from}::uuid and url_key <= ${to}::uuid`;
}

/** Fields in their order, those that are the same left out. A page without text, as a redirect, has none that differs. */
function differingFields(tx: Tx): Fragment {
  return tx.sql`
    array_remove(array[
      case when earlier.page -> 'statusCode' <> later.page -> 'statusCode' then 'status' end,
      case when earlier.page -> 'redirectUrl' <> later.page -> 'redirectUrl' then 'redirect' end,
      case when earlier.page -> 'title' <> later.page -> 'title' then 'title' end,
      case when earlier.page -> 'description' <> later.page -> 'description' then 'description' end,
      case when earlier.page -> 'h1' <> later.page -> 'h1' then 'h1' end,
      case when earlier.page -> 'canonicalUrl' <> later.page -> 'canonicalUrl' then 'canonical' end,
      case when earlier.page -> 'indexabilityReason' <> later.page -> 'indexabilityReason'
        or earlier.page -> 'indexable' <> later.page -> 'indexable' then 'indexability' end,
      case when earlier.main_text_hash <> later.main_text_hash then 'text' end
    ], null)`;
}

function conditions(tx: Tx, { kind, field, urlContains }: PageChangeFilter): Fragment {
  return tx.sql`
    ${kind === undefined ? tx.sql`` : tx.sql`and kind = ${kind}`}
    ${field === undefined ? tx.sql`` : tx.sql`and ${field}::text = any(fields)`}
    ${urlContains === undefined ? tx.sql`` : tx.sql`and strpos(lower(url), lower(${urlContains})) > 0`}`;
}

function standing(tx: Tx): Fragment {
  return tx.sql`
    case when target.state is not null then jsonb_build_object(
      'state', target.state, 'failureCode', target.failure_code, 'skipReason', log.skip_reason) end`;
}

function toChange({ key, url, kind, fields, before, after, instead }: ChangeRow): PageChange {
  return { urlKey: key, url, kind, fields, before, after, instead };
}
