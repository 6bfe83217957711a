import type { Tx } from '../connect/database.js';
import { returnBookedPages } from '../quotas/book-pages.js';

/**
 * Ends the lanes of an execution: no worker may take them again, and their host permits are free. Of a lane
 * that a silent worker still holds they lapse with its lease instead: it may have fetches in flight.
 */
export async function finishLanes(tx: Tx, executionId: string): Promise<void> {
  await returnBookedPages(tx, { executionId });
  await tx.sql`
    with silent as materialized (
      select distinct lane_id from crawl_targets where execution_id = ${executionId} and state = 'leased'
    ), finished as (
      update execution_lanes set status = 'finished', lease_until = null, in_flight = 0, waiting_reason = null
      where execution_id = ${executionId} returning id
    )
    delete from host_permits where lane_id in (select id from finished) and lane_id not in (select lane_id from silent)`;
}
