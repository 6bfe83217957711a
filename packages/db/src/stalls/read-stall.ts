import type { ExecutionStall } from '@outrider/shared';
import type { Tx } from '../connect/database.js';
import { isoTime } from '../times/iso-time.js';

interface StallRow extends Omit<ExecutionStall, 'stalledAt' | 'diagnosedAt'> {
  stalledAt: Date;
  diagnosedAt: Date;
}

/** Why an execution does not move; null when it does. */
export async function readStall(tx: Tx, executionId: string): Promise<ExecutionStall | null> {
  const [row] = await tx.sql<StallRow[]>`
    select stalled_at as "stalledAt", cause, diagnosis, diagnosed_at as "diagnosedAt", repairs from execution_watches
    where execution_id = ${executionId} and stalled_at is not null`;
  if (row === undefined) return null;
  return { ...row, stalledAt: isoTime(row.stalledAt), diagnosedAt: isoTime(row.diagnosedAt) };
}
