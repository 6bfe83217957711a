import { type Database, listLostLanes, returnLostLane, returnStrayTargets } from '@outrider/db';
import type { Logger, Metrics } from '@outrider/telemetry';
import type { DutyReport } from './duty.js';

export interface ReturnDeps {
  readonly database: Database;
  readonly metrics: Metrics<'orchestrator'>;
  readonly logger: Logger;
}

const LANES_PER_RUN = 200;
const REPAIRS = 'outrider_reconciler_repairs_total';

/**
 * Takes lanes from workers whose lease has lapsed, so that others can take them, and returns targets that
 * are leased to nobody to the frontier. A lane that cannot be returned is logged and holds up no other.
 */
export async function returnLostLanes({ database, metrics, logger }: ReturnDeps): Promise<DutyReport> {
  const lost = await database.withSystem((tx) => listLostLanes(tx, LANES_PER_RUN));
  const report = { lanes: 0, targets: 0, quarantined: 0, permits: 0 };
  for (const lane of lost) {
    const returned = await database
      .withSystem((tx) => returnLostLane(tx, lane))
      .catch((error: unknown) => {
        logger.error({ ...lane, err: error }, 'a lost lane could not be returned; the next run tries again');
        return null;
      });
    if (returned === null) continue;
    logger.warn({ ...lane, ...returned }, 'a lane was taken from a silent worker');
    report.lanes += 1;
    report.targets += returned.targetsReturned;
    report.quarantined += returned.quarantined;
    report.permits += returned.permitsReleased;
  }
  const strays = await database.withSystem((tx) => returnStrayTargets(tx));
  report.targets += strays;
  metrics.increment(REPAIRS, { repair: 'lane_reclaimed' }, report.lanes);
  metrics.increment(REPAIRS, { repair: 'targets_returned' }, report.targets);
  metrics.increment(REPAIRS, { repair: 'url_quarantined' }, report.quarantined);
  metrics.increment(REPAIRS, { repair: 'permits_released' }, report.permits);
  return report;
}
