import { type Database, removeForgottenCampaign } from '@outrider/db';
import type { DutyReport } from './duty.js';

/** Most campaigns of a run; the next one goes on. */
const PER_RUN = 20;

/** Removes campaigns, with all that they recorded, whose deletion can no longer be undone: each in a transaction of its own. */
export async function removeDeletedCampaigns(database: Database): Promise<DutyReport> {
  let removed = 0;
  while (removed < PER_RUN && (await database.withSystem((tx) => removeForgottenCampaign(tx)))) removed += 1;
  return { removed };
}
