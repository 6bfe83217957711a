import { type Database, storeStructure, type Tx, takeUnstructuredExecution } from '@outrider/db';
import type { DutyReport } from './duty.js';

/** Stores the structure of every ended execution that has none yet, one after another. */
export async function storeStructures(database: Database): Promise<DutyReport> {
  let stored = 0;
  while (await database.withSystem(storeNext, { singleCore: true })) stored += 1;
  return { stored };
}

async function storeNext(tx: Tx): Promise<boolean> {
  const execution = await takeUnstructuredExecution(tx);
  if (execution !== null) await storeStructure(tx, execution);
  return execution !== null;
}
