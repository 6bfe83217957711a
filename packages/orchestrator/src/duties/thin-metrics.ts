import { type Database, THINNINGS, thinMetrics } from '@outrider/db';
import type { DutyReport } from './duty.js';

/** Most batches of each step in a run; the next run goes on. Ten minutes of a hundred lanes are a batch of 12,000 rows. */
const BATCHES_PER_RUN = 200;

/** Thins the metrics of workers out with their age, in small transactions. */
export async function thinOldMetrics(database: Database): Promise<DutyReport> {
  let thinned = 0;
  for (const step of THINNINGS) {
    for (let batch = 0; batch < BATCHES_PER_RUN; batch += 1) {
      const removed = await database.withSystem((tx) => thinMetrics(tx, step));
      thinned += removed;
      if (removed === 0) break;
    }
  }
  return { thinned };
}
