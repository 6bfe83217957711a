import { type Database, readLaneDemand, requestYields, withdrawYields } from '@outrider/db';
import { chooseYields } from '../sharing/choose-yields.js';
import type { DutyReport } from './duty.js';

/** Lanes that wait, looked at per run: more than are ever asked to make room at once. */
const WAITING_PER_RUN = 256;

/**
 * Asks lanes of those who run more than their share to make room for those who wait, while every worker is
 * full. A lane that is asked finishes what it has in flight, gives itself back, and waits its turn.
 */
export async function shareLanes(database: Database): Promise<DutyReport> {
  return database.withSystem(async (tx) => {
    const demand = await readLaneDemand(tx, WAITING_PER_RUN);
    if (demand.waiting.length === 0) {
      const idle = demand.working.filter((lane) => lane.isYielding).map(({ laneId }) => laneId);
      return { asked: 0, withdrawn: idle.length === 0 ? 0 : await withdrawYields(tx, idle) };
    }
    const chosen = chooseYields(demand);
    return { asked: chosen.length === 0 ? 0 : await requestYields(tx, chosen), withdrawn: 0 };
  });
}
