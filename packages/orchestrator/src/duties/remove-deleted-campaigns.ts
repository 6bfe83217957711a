import { type Database, listCampaignsToRemove, removeCampaignBatch } from '@outrider/db';
import type { Logger } from '@outrider/telemetry';
import type { DutyReport } from './duty.js';

export interface RemovalDeps {
  readonly database: Database;
  readonly logger: Logger;
}

/** Few, since with an execution go its lanes, sitemaps and robots files. */
const EXECUTIONS_PER_BATCH = 20;
/** Some tenths of a second, so that whatever waits for these rows does not wait long. */
const ROWS_PER_BATCH = 10_000;
/** Batches of one campaign per run, so that others have their turn. */
const BATCHES_PER_RUN = 100;

/**
 * Removes campaigns that were deleted for good or whose deletion can no longer be undone, with all that they recorded, in small
 * transactions. One that cannot be removed does not hold the others up.
 */
export async function removeDeletedCampaigns({ database, logger }: RemovalDeps): Promise<DutyReport> {
  const report = { removed: 0, failed: 0 };
  for (const campaignId of await database.withSystem((tx) => listCampaignsToRemove(tx), { readOnly: true })) {
    try {
      if (await removeOne({ database, logger }, campaignId)) report.removed += 1;
    } catch (error) {
      logger.error({ err: error, campaignId }, 'a campaign could not be removed; the next run tries again');
      report.failed += 1;
    }
  }
  return report;
}

async function removeOne({ database, logger }: RemovalDeps, campaignId: string): Promise<boolean> {
  const limits = { executions: EXECUTIONS_PER_BATCH, rows: ROWS_PER_BATCH };
  for (let batches = 0; batches < BATCHES_PER_RUN; batches += 1) {
    const outcome = await database.withSystem((tx) => removeCampaignBatch(tx, campaignId, limits));
    if (outcome === 'busy') logger.warn({ campaignId }, 'a deleted campaign stays while its execution runs');
    if (outcome !== 'more') return outcome === 'removed';
  }
  return false;
}
