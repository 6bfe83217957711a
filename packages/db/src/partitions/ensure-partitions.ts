import type { Tx } from '../connect/database.js';

/** Makes the month partitions from now to `monthsAhead` months ahead, and returns how many were missing. System role only. */
export async function ensurePartitions(tx: Tx, monthsAhead: number): Promise<number> {
  const [row] = await tx.sql<{ made: number }[]>`select ensure_partitions(${monthsAhead}) as made`;
  return row?.made ?? 0;
}
