import type { Tx } from '../connect/database.js';

/** What an execution fetched of a host, estimated from a sample of its pages. */
export interface HostSample {
  readonly host: string;
  readonly pages: number;
  /** Milliseconds from request to the last byte. */
  readonly averageMs: number;
}

/** Keys are hashes, so the first rows by key are pages taken at random. */
const SAMPLE = 10_000;

/**
 * The hosts of an execution with their pages and response times, at most 1,000 hosts: exact up to 10,000
 * pages, from that many above. Takes some milliseconds, however many pages there are.
 */
export async function sampleHosts(tx: Tx, executionId: string, pagesFetched: number): Promise<HostSample[]> {
  const rows = await tx.sql<{ host: string; pages: number; average_ms: number; sampled: number }[]>`
    with sample as materialized (
      select host, total_ms from crawl_results where execution_id = ${executionId} order by url_key limit ${SAMPLE}
    )
    select host, count(*)::float8 as pages, avg(total_ms)::float8 as average_ms,
      (select count(*)::float8 from sample) as sampled
    from sample group by host order by pages desc, host limit 1000`;
  return rows.map(({ host, pages, average_ms: averageMs, sampled }) => ({
    host,
    pages: Math.round((pages * Math.max(pagesFetched, sampled)) / sampled),
    averageMs,
  }));
}
