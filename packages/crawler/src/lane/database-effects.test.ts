import { randomUUID } from 'node:crypto';
import { type Database, isStatementTimeout } from '@outrider/db';
import { describe, expect, it } from 'vitest';
import { useTestFleet } from '../testing/test-fleet.js';
import { createDatabaseEffects } from './database-effects.js';

const fleet = useTestFleet();

/** Effects whose first `slow` transactions are ended by the server's own time-out. */
function effectsThatTimeOut(slow: number, signal: AbortSignal) {
  const { app, tenantId } = fleet.db;
  const retries: unknown[] = [];
  let transactions = 0;
  const withTenant: Database['withTenant'] = (tenant, work, options) =>
    app.withTenant(
      tenant,
      async (tx) => {
        transactions += 1;
        if (transactions <= slow) {
          await tx.sql`set local statement_timeout = 20`;
          await tx.sql`select pg_sleep(10)`;
        }
        return work(tx);
      },
      options,
    );
  const effects = createDatabaseEffects({
    database: { ...app, withTenant },
    hold: {
      tenantId,
      executionId: randomUUID(),
      campaignId: randomUUID(),
      laneId: randomUUID(),
      instanceId: randomUUID(),
      epoch: 1,
    },
    leaseMs: 1_000,
    crashAt: () => {},
    hostBackOffMs: 60_000,
    signal,
    onClaim: () => {},
    onCommit: () => {},
    onRetry: (error) => retries.push(error),
    onLedgerLost: () => {},
  });
  return { effects, retries };
}

describe('an effect on the database', () => {
  it('that the server ends for taking too long is tried again', async () => {
    const { effects, retries } = effectsThatTimeOut(2, new AbortController().signal);
    await effects.isFinished();
    expect(retries.map(isStatementTimeout)).toEqual([true, true]);
  });

  it('is not tried again once the lane is over', async () => {
    const { effects, retries } = effectsThatTimeOut(Number.POSITIVE_INFINITY, AbortSignal.abort());
    await expect(effects.isFinished()).rejects.toSatisfy(isStatementTimeout);
    expect(retries).toEqual([]);
  });
});
