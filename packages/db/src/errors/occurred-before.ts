import type { Tx } from '../connect/database.js';

/** Ids are made by the clocks of workers, which may differ by so much from that of the database. */
const CLOCKS_DIFFER_MS = 86_400_000;

/** Errors of the execution before the moment; by their ids too, so that the planner leaves out other months. */
export function occurredBefore(tx: Tx, executionId: string, before: string) {
  const start = Number.parseInt(executionId.replace('-', '').slice(0, 12), 16);
  const floor = (ms: number) => tx.sql`uuid_v7_floor(${new Date(ms).toISOString()}::timestamptz)`;
  return tx.sql`
    execution_id = ${executionId} and occurred_at < ${before}::timestamptz
    and id >= ${floor(Math.max(0, start - CLOCKS_DIFFER_MS))} and id < ${floor(Date.parse(before) + CLOCKS_DIFFER_MS)}`;
}
