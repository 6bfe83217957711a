import type { Tx } from '../connect/database.js';

/**
 * The stored hash of the oldest key, or null before there is one: a secret that every API process of a
 * platform can read and nobody without the database knows, save the operator who holds that first key.
 * Revoking it keeps the row. Needs the system role.
 */
export async function readFirstSecret(tx: Tx): Promise<Buffer | null> {
  const [row] = await tx.sql<{ secret: Buffer }[]>`
    select secret_hash as secret from api_keys order by created_at, id limit 1`;
  return row?.secret ?? null;
}
