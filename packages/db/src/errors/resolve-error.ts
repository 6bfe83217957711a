import { type CampaignError, OutriderError } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { type ErrorRow, errorColumns, toCampaignError } from './error-row.js';

/**
 * Marks an error resolved, or open again. Notes that are not given stay; the time of the first resolution
 * stays while it is resolved. Throws `not_found`.
 */
export async function resolveError(
  tx: Tx,
  errorId: string,
  change: { readonly resolved: boolean; readonly notes?: string | undefined },
): Promise<CampaignError> {
  const [row] = await tx.sql<ErrorRow[]>`
    update campaign_errors
    set resolved = ${change.resolved},
        resolved_at = case when ${change.resolved} then coalesce(resolved_at, now()) end,
        resolution_notes = coalesce(${change.notes ?? null}, resolution_notes)
    where id = ${errorId}
    returning ${errorColumns(tx)}`;
  if (row === undefined) throw new OutriderError('not_found', 'There is no such error.');
  return toCampaignError(row);
}
