import type { Tx } from '../connect/database.js';

/** A month of a partitioned table, over for good. */
export interface PastPartition {
  readonly parent: string;
  readonly partitionName: string;
  /** First day of the month, `2026-01-01`. */
  readonly month: string;
}

/** For how many days months are kept that nothing but their age rules; 0 keeps them for ever. */
export interface PartitionKeeping {
  readonly metricsDays: number;
  readonly auditDays: number;
}

/** Tables whose rows belong to an execution, by whose id they are partitioned. */
const BY_EXECUTION: ReadonlySet<string> = new Set([
  'crawl_inlinks',
  'crawl_links',
  'crawl_results',
  'crawl_targets',
  'page_screenshots',
  'sitemap_differences',
  'sitemap_urls',
  'url_discovery_log',
]);

/** The months of all partitioned tables that are over, oldest first. System role only. */
export async function listPastPartitions(tx: Tx): Promise<PastPartition[]> {
  return tx.sql<PastPartition[]>`
    select parent, partition_name as "partitionName", to_char(month_start, 'YYYY-MM-DD') as month from past_month_partitions()`;
}

/**
 * Whether nothing in a past month is wanted any more. Of records: when no execution of that month is left, whatever
 * rows the sweeper has not come to yet. Of metrics and the audit log: by their age. Of errors and events: when
 * the month is empty. System role only.
 */
export async function isForgotten(
  tx: Tx,
  { parent, month }: PastPartition,
  keeping: PartitionKeeping,
): Promise<boolean> {
  if (BY_EXECUTION.has(parent)) return isEmpty(tx, 'campaign_executions', 'id', month);
  switch (parent) {
    case 'crawler_performance_metrics':
      return isOlder(tx, month, keeping.metricsDays);
    case 'audit_log':
      return isOlder(tx, month, keeping.auditDays);
    case 'campaign_errors':
      return isEmpty(tx, parent, 'id', month);
    case 'event_stream':
      return isEmpty(tx, parent, 'occurred_at', month);
    default:
      return false;
  }
}

async function isOlder(tx: Tx, month: string, days: number): Promise<boolean> {
  if (days === 0) return false;
  const [row] = await tx.sql<{ older: boolean }[]>`
    select (${month}::timestamp + interval '1 month') at time zone 'UTC'
      < clock_timestamp() - ${days} * interval '1 day' as older`;
  return row?.older === true;
}

async function isEmpty(tx: Tx, table: string, column: 'id' | 'occurred_at', month: string): Promise<boolean> {
  const bound = (start: string) => {
    const moment = tx.sql`(${start}::timestamp) at time zone 'UTC'`;
    return column === 'id' ? tx.sql`uuid_v7_floor(${moment})` : moment;
  };
  const next = nextMonth(month);
  const rows = await tx.sql`
    select 1 from ${tx.sql(table)}
    where ${tx.sql(column)} >= ${bound(month)} and ${tx.sql(column)} < ${bound(next)} limit 1`;
  return rows.length === 0;
}

function nextMonth(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return new Date(Date.UTC(year, number, 1)).toISOString().slice(0, 10);
}

/**
 * Drops a past month. Its parent is locked for as long as the catalogue takes; when that lock is not to be had at
 * once it throws lock_not_available (see `isStatementTimeout`), and a later try has better luck. False when there
 * is no such month. System role only.
 */
export async function dropPartition(tx: Tx, { parent, month }: PastPartition): Promise<boolean> {
  const [row] = await tx.sql<{ dropped: boolean }[]>`
    select drop_month_partition(${parent}, ${month}::date) as dropped`;
  return row?.dropped === true;
}
