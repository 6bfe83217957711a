import { type Database, expireIdempotencyKeys as expire } from '@outrider/db';
import type { DutyReport } from './duty.js';

const KEEP_KEYS_MS = 86_400_000;

/** Forgets Idempotency-Keys after a day. */
export async function expireIdempotencyKeys(database: Database): Promise<DutyReport> {
  return { expired: await database.withSystem((tx) => expire(tx, KEEP_KEYS_MS)) };
}
