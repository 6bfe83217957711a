import type { Tx } from '../connect/database.js';
import type { LaneHold } from '../lanes/take-lane.js';
import type { Screenshot } from './settlement.js';

/**
 * Inserts the pictures of a batch, a statement each: as one array they would be in memory once more. See
 * insertLinks for why a double is a fault.
 */
export async function insertScreenshots(
  tx: Tx,
  hold: LaneHold,
  pages: readonly { readonly urlKey: string; readonly screenshot: Screenshot }[],
): Promise<void> {
  await Promise.all(
    pages.map(
      ({ urlKey, screenshot: { format, width, height, bytes, takenAt } }) => tx.sql`
        insert into page_screenshots (execution_id, tenant_id, url_key, format, width, height, bytes, taken_at)
        values (${hold.executionId}, ${hold.tenantId}, ${urlKey}, ${format}, ${width}, ${height}, ${bytes}, ${takenAt})`,
    ),
  );
}
