import { expect } from 'vitest';
import type { TestDatabase } from './test-database.js';

/** Resolves once a session of the test's database waits for a row that another one has locked; throws after ten seconds. */
export async function awaitLockWait(db: TestDatabase): Promise<void> {
  const waiting = async (): Promise<unknown> =>
    db.system.withSystem(
      ({ sql }) => sql`
        select 1 from pg_locks join pg_stat_activity using (pid)
        where not granted and locktype = 'transactionid' and datname = current_database()`,
    );
  await expect.poll(waiting, { timeout: 10_000, interval: 20 }).toHaveLength(1);
}
