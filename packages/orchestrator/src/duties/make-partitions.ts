import { type Database, ensurePartitions } from '@outrider/db';
import type { DutyReport } from './duty.js';

/** An orchestrator that is down for less than this many months leaves no row without its partition. */
const MONTHS_AHEAD = 2;

/** Makes the month partitions that will be needed. */
export async function makePartitions(database: Database): Promise<DutyReport> {
  return { made: await database.withSystem((tx) => ensurePartitions(tx, MONTHS_AHEAD)) };
}
