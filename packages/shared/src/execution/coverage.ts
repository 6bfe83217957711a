import { z } from 'zod';
import { DISCOVERY_METHODS, SKIP_REASON_NAMES } from './skip-reasons.js';

const count = z.int().min(0);

/** The totals that must balance: discovered = fetched + failed + skipped + pending, in distinct URLs. */
export const coverageTotals = z
  .strictObject({ discovered: count, fetched: count, failed: count, skipped: count, pending: count })
  .meta({ id: 'CoverageTotals' });
export type CoverageTotals = z.infer<typeof coverageTotals>;

/** The coverage receipt of an execution: where every discovered URL went. */
export const coverageReceipt = z
  .strictObject({
    ...coverageTotals.shape,
    balanced: z.boolean(),
    failedByCode: z.record(z.string(), count),
    skippedByReason: z.partialRecord(z.enum(SKIP_REASON_NAMES), count),
    discoveredByMethod: z.partialRecord(z.enum(DISCOVERY_METHODS), count),
    fetchedByStatus: z.record(z.string(), count),
  })
  .meta({ id: 'CoverageReceipt' });
export type CoverageReceipt = z.infer<typeof coverageReceipt>;

/** Whether the totals account for every discovered URL exactly once. */
export function isBalanced(totals: CoverageTotals): boolean {
  return totals.discovered === totals.fetched + totals.failed + totals.skipped + totals.pending;
}
