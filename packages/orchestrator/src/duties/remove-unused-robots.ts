import { type Database, removeUnusedRobotsBodies } from '@outrider/db';
import type { DutyReport } from './duty.js';

/** Removes texts of robots.txt files that no site and no execution refers to any more. */
export async function removeUnusedRobots(database: Database): Promise<DutyReport> {
  return { removed: await database.withSystem(removeUnusedRobotsBodies) };
}
