import type { Tx } from '../connect/database.js';
import { type ErrorGroupKey, ofGroup } from './error-group.js';

/**
 * Marks all errors of a group resolved, or open again, and returns how many were not like that before. With `before` just
 * those that had occurred then: what came in since has not been looked at. Notes that are not given stay; the time of the
 * first resolution stays while an error is resolved. Doing it again changes nothing.
 */
export async function resolveErrorGroup(
  tx: Tx,
  group: ErrorGroupKey,
  change: {
    readonly resolved: boolean;
    readonly notes?: string | undefined;
    /** ISO 8601. */
    readonly before?: string | undefined;
  },
): Promise<number> {
  const { resolved, before } = change;
  const notes = change.notes ?? null;
  const { count } = await tx.sql`
    update campaign_errors
    set resolved = ${resolved}, resolved_at = case when ${resolved} then coalesce(resolved_at, now()) end,
        resolution_notes = coalesce(${notes}, resolution_notes)
    where ${ofGroup(tx, group)} ${before === undefined ? tx.sql`` : tx.sql`and occurred_at < ${before}::timestamptz`}
      and (resolved <> ${resolved} or (${notes}::text is not null and resolution_notes is distinct from ${notes}::text))`;
  return count;
}
