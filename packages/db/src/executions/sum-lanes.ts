import type { CoverageTotals } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** What the counters of an execution say, and the totals that only its lanes know. */
export interface LaneSums {
  readonly coverage: CoverageTotals;
  readonly errors: number;
  readonly wireBytes: number;
  readonly memoryPeakMb: number | null;
  /** Distinct workers that held a lane. */
  readonly crawlersUsed: number;
}

/** Adds up the counters of an execution's lanes and of its start. */
export async function sumLanes(tx: Tx, executionId: string): Promise<LaneSums> {
  const [row] = await tx.sql<
    {
      discovered: number;
      fetched: number;
      failed: number;
      skipped: number;
      errors: number;
      wire_bytes: number;
      memory_peak_mb: number | null;
      crawlers_used: number;
    }[]
  >`
    select execution.seeds_discovered + coalesce(sum(discovered), 0)::float8 as discovered,
      execution.seeds_skipped + coalesce(sum(skipped), 0)::float8 as skipped,
      coalesce(sum(fetched), 0)::float8 as fetched, coalesce(sum(failed), 0)::float8 as failed,
      coalesce(sum(errors), 0)::float8 as errors, coalesce(sum(wire_bytes), 0)::float8 as wire_bytes,
      nullif(max(lane.memory_peak_mb), 0) as memory_peak_mb,
      (select count(distinct payload ->> 'instanceId')::int from event_stream
        where execution_id = execution.id and event_type = 'lane.leased') as crawlers_used
    from campaign_executions execution
    left join execution_lanes lane on lane.execution_id = execution.id
    where execution.id = ${executionId}
    group by execution.id`;
  if (row === undefined) throw new Error(`execution ${executionId} is gone`);
  const { discovered, fetched, failed, skipped } = row;
  return {
    coverage: { discovered, fetched, failed, skipped, pending: discovered - fetched - failed - skipped },
    errors: row.errors,
    wireBytes: row.wire_bytes,
    memoryPeakMb: row.memory_peak_mb,
    crawlersUsed: row.crawlers_used,
  };
}
