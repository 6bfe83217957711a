import {
  type Database,
  markGoneInstances as markGone,
  removeForgottenInstances as removeForgotten,
} from '@outrider/db';
import type { Metrics } from '@outrider/telemetry';
import type { DutyReport } from './duty.js';

/** A worker silent for this many leases is gone. */
const SILENT_LEASES = 3;

export interface GoneDeps {
  readonly database: Database;
  readonly metrics: Metrics<'orchestrator'>;
  readonly laneLeaseMs: number;
}

/** Marks workers that have been silent for three leases as gone; their lanes are returned by another duty. */
export async function markGoneInstances({ database, metrics, laneLeaseMs }: GoneDeps): Promise<DutyReport> {
  const gone = await database.withSystem((tx) => markGone(tx, SILENT_LEASES * laneLeaseMs));
  metrics.increment('outrider_reconciler_repairs_total', { repair: 'instance_retired' }, gone);
  return { gone };
}

const KEEP_GONE_MS = 7 * 86_400_000;

/** Removes workers that have been gone for a week and that no history names. */
export async function removeForgottenInstances(database: Database): Promise<DutyReport> {
  return { removed: await database.withSystem((tx) => removeForgotten(tx, KEEP_GONE_MS)) };
}
