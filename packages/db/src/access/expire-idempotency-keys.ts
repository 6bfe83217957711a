import type { Tx } from '../connect/database.js';

/** Forgets Idempotency-Keys older than `keepMs`, and returns how many. */
export async function expireIdempotencyKeys(tx: Tx, keepMs: number): Promise<number> {
  const expired = await tx.sql`
    delete from idempotency_keys where created_at < now() - ${keepMs} * interval '1 millisecond'`;
  return expired.count;
}
