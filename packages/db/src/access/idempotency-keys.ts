import { OutriderError } from '@outrider/shared';
import { isStatementTimeout } from '../connect/connection-errors.js';
import type { Tx } from '../connect/database.js';

/** An answer as it was first given. */
export interface StoredAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** Longest wait for another request that holds the same key, in milliseconds. */
const WAIT_MS = 5_000;

/**
 * Claims an Idempotency-Key in the transaction that will do the request's work. Null means: go on, and
 * call `storeAnswer` before the commit. Otherwise the answer that the first request got.
 *
 * Claim, effect and answer are one transaction. So a request that died left no trace and may be repeated
 * at once, and one that runs at this moment is waited for, on the row it has inserted: it either commits,
 * and its answer is returned here, or rolls back, and the key is free.
 *
 * Throws `idempotency_conflict` for a key that was used with another request, and
 * `idempotency_in_progress` when the wait takes longer than five seconds.
 */
export async function claimIdempotencyKey(
  tx: Tx,
  claim: { readonly tenantId: string; readonly key: string; readonly requestHash: Buffer },
): Promise<StoredAnswer | null> {
  const { tenantId, key, requestHash } = claim;
  if (await insertKey(tx, claim)) return null;
  const [row] = await tx.sql<{ same: boolean; status: number | null; body: unknown }[]>`
    select request_hash = ${requestHash} as same, response_status as status, response_body as body
    from idempotency_keys where tenant_id = ${tenantId} and key = ${key}`;
  if (row === undefined || row.status === null) {
    throw new OutriderError('idempotency_in_progress', 'Repeat the request in a moment.');
  }
  if (!row.same) {
    throw new OutriderError('idempotency_conflict', 'Use a new key for a request that is not the same.');
  }
  return { status: row.status, body: row.body };
}

async function insertKey(
  tx: Tx,
  { tenantId, key, requestHash }: { tenantId: string; key: string; requestHash: Buffer },
): Promise<boolean> {
  try {
    return await tx.sql.savepoint(async (sql) => {
      await sql`select set_config('lock_timeout', ${`${WAIT_MS}ms`}, true)`;
      const done = await sql`
        insert into idempotency_keys (tenant_id, key, request_hash) values (${tenantId}, ${key}, ${requestHash})
        on conflict (tenant_id, key) do nothing`;
      await sql`set local lock_timeout to default`;
      return done.count === 1;
    });
  } catch (error) {
    if (!isStatementTimeout(error)) throw error;
    throw new OutriderError('idempotency_in_progress', 'Repeat the request in a moment.', { cause: error });
  }
}

/** Keeps the answer of the request that claimed the key. */
export async function storeAnswer(
  tx: Tx,
  claim: { readonly tenantId: string; readonly key: string },
  answer: StoredAnswer,
): Promise<void> {
  await tx.sql`
    update idempotency_keys
    set response_status = ${answer.status}, response_body = ${JSON.stringify(answer.body)}::text::jsonb
    where tenant_id = ${claim.tenantId} and key = ${claim.key}`;
}
