import { BUCKET_GROWTH, type CrawlFigures, FIRST_BUCKET, LAST_BUCKET } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import type { FiguresByDay } from './figures-by-day.js';

type PageGroup = 'statusClasses' | 'contentTypes' | 'depths';

interface PageRow {
  day: string;
  /** Which group of figures; `all` for the sums of the day. */
  kind: PageGroup | 'buckets' | 'all';
  value: string | null;
  pages: number;
  errors: number;
  indexable: number;
  wire_bytes: number;
  decoded_bytes: number;
  internal_links: number;
  external_links: number;
  sum_ms: number;
  max_ms: number;
}

/** Values of one group that are given out for a day: a site can make up as many content types as it has pages. */
const VALUES_PER_GROUP = 1_100;

/**
 * Adds the figures of fetched pages to the days (UTC) on which they were fetched, in one pass over the results: of all of
 * them, or of so many taken at random, since keys are hashes.
 */
export async function addPageFigures(
  tx: Tx,
  days: FiguresByDay,
  executionId: string,
  atMost: number | null,
): Promise<void> {
  const rows = await tx.sql<PageRow[]>`
    with page as (
      select to_char(fetched_at at time zone 'UTC', 'YYYY-MM-DD') as day, (status_code / 100)::text || 'xx' as status_class,
        coalesce(nullif(left(lower(btrim(split_part(content_type, ';', 1))), 100), ''), 'none') as content_type,
        coalesce(depth::text, 'unlinked') as depth,
        greatest(${FIRST_BUCKET}, least(${LAST_BUCKET},
          ceil(ln(greatest(total_ms::float8, 0.001)) / ln(${BUCKET_GROWTH}::float8))))::int::text as bucket,
        status_code, indexable, wire_bytes, decoded_bytes, internal_links, external_links, total_ms
      from crawl_results where execution_id = ${executionId}
      ${atMost === null ? tx.sql`` : tx.sql`order by url_key limit ${atMost}`}
    ), grouped as (
      select day,
        case when grouping(status_class) = 0 then 'statusClasses' when grouping(content_type) = 0 then 'contentTypes'
          when grouping(depth) = 0 then 'depths' when grouping(bucket) = 0 then 'buckets' else 'all' end as kind,
        coalesce(status_class, content_type, depth, bucket) as value,
        count(*)::float8 as pages, (count(*) filter (where status_code >= 400))::float8 as errors,
        (count(*) filter (where indexable))::float8 as indexable,
        sum(wire_bytes)::float8 as wire_bytes, sum(decoded_bytes)::float8 as decoded_bytes,
        sum(internal_links)::float8 as internal_links, sum(external_links)::float8 as external_links,
        sum(total_ms::float8) as sum_ms, max(total_ms)::float8 as max_ms
      from page
      group by grouping sets ((day), (day, status_class), (day, content_type), (day, depth), (day, bucket))
    ), ranked as (
      select *, row_number() over (partition by day, kind order by pages desc) as place from grouped
    )
    select * from ranked where place <= ${VALUES_PER_GROUP}`;
  for (const row of rows) addRow(days.of(row.day), row);
}

function addRow(figures: CrawlFigures, row: PageRow): void {
  const { kind, value, pages } = row;
  if (kind === 'buckets') figures.responseTimes.buckets[value ?? ''] = pages;
  else if (kind !== 'all') figures[kind][value ?? ''] = pages;
  else {
    figures.pagesCrawled += pages;
    figures.errorsEncountered += row.errors;
    figures.indexablePages += row.indexable;
    figures.wireBytes += row.wire_bytes;
    figures.decodedBytes += row.decoded_bytes;
    figures.internalLinks += row.internal_links;
    figures.externalLinks += row.external_links;
    Object.assign(figures.responseTimes, { count: pages, sumMs: row.sum_ms, maxMs: row.max_ms });
  }
}
