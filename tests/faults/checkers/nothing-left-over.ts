import { setTimeout as sleep } from 'node:timers/promises';
import type { TestDatabase } from '@outrider/db/testing';
import { processesWith } from '../recorders/leftover-processes.js';
import type { Evidence } from './evidence.js';

/** How long what is ending may take to be gone. */
const PATIENCE_MS = 10_000;

interface Leftovers {
  idle: number;
  permits: number;
}

/** I7 while the platform still runs: nobody sits in a transaction, and the execution keeps no host permit. */
export async function nothingHeld({ db, executionId }: Evidence): Promise<string[]> {
  const look = async (): Promise<string[]> => {
    const [left] = await db.system.withSystem(
      (tx) => tx.sql<Leftovers[]>`
        select (select count(*) from pg_stat_activity where datname = current_database() and state = 'idle in transaction'
            and state_change < now() - interval '5 seconds')::int as idle,
          (select count(*) from host_permits permit join execution_lanes lane on lane.id = permit.lane_id
            where lane.execution_id = ${executionId} and permit.lease_until > now())::int as permits`,
    );
    return [
      ...(left?.idle === 0 ? [] : [`${left?.idle} transactions sit idle`]),
      ...(left?.permits === 0 ? [] : [`${left?.permits} host permits are kept`]),
    ];
  };
  return patiently(look);
}

/** I7 once every process was told to end: no process, no session, no advisory lock. `marker` is in their environment. */
export async function nothingRuns(db: TestDatabase, marker: string): Promise<string[]> {
  return patiently(async () => {
    const processes = processesWith(marker);
    const [left] = await db.system.withSystem(
      (tx) => tx.sql<{ sessions: number; locks: number }[]>`
        select (select count(*) from pg_stat_activity where datname = current_database()
            and backend_type = 'client backend' and application_name not like 'test %')::int as sessions,
          (select count(*) from pg_locks where locktype = 'advisory'
            and database = (select oid from pg_database where datname = current_database()))::int as locks`,
    );
    return [
      ...(processes.length === 0 ? [] : [`processes are left: ${processes.join(', ')}`]),
      ...(left?.sessions === 0 ? [] : [`${left?.sessions} database sessions are left`]),
      ...(left?.locks === 0 ? [] : [`${left?.locks} advisory locks are left`]),
    ];
  });
}

async function patiently(look: () => Promise<string[]>): Promise<string[]> {
  const giveUpAt = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found.length === 0 || performance.now() > giveUpAt) return found;
    await sleep(200);
  }
}
