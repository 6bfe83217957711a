import { isDiskFull } from '../connect/connection-errors.js';
import type { Database, Tx } from '../connect/database.js';

/** How the database does. */
export interface DatabaseVitals {
  /** The quicker of two round trips, in milliseconds. */
  readonly roundTripMs: number;
  /** Sessions of this database that wait for a lock, the longest of those waits, and on which table. */
  readonly lockWaits: {
    readonly count: number;
    readonly longestMs: number;
    readonly relation: string | null;
  };
  /** Its disk took no more data. */
  readonly diskFull: boolean;
}

/** Rows of the probe: together some 400 kB, more than the free space within any table's last page. */
const PROBE_ROWS = 50;

/**
 * Looks how the database does. Whether its disk takes data is found out by giving it some: a temporary table, which
 * leaves nothing behind. Throws what the database throws, when it cannot be reached.
 */
export async function probeDatabase(database: Database): Promise<DatabaseVitals> {
  const roundTripMs = Math.min(await roundTrip(database), await roundTrip(database));
  const lockWaits = await database.withSystem((tx) => readLockWaits(tx), { readOnly: true });
  return { roundTripMs, lockWaits, diskFull: await isFull(database) };
}

async function roundTrip(database: Database): Promise<number> {
  const startedAt = performance.now();
  await database.ping();
  return performance.now() - startedAt;
}

/** pg_locks shows every session to every role; pg_stat_activity would not. */
async function readLockWaits(tx: Tx): Promise<DatabaseVitals['lockWaits']> {
  const [waits] = await tx.sql<{ count: number; longestMs: number; relation: string | null }[]>`
    select count(*)::int as count,
      coalesce(max(extract(epoch from clock_timestamp() - waitstart) * 1000), 0)::float8 as "longestMs",
      min(relation::regclass::text) filter (where relation is not null) as relation
    from pg_locks
    where not granted and (database is null or database = (select oid from pg_database where datname = current_database()))`;
  return waits ?? { count: 0, longestMs: 0, relation: null };
}

async function isFull(database: Database): Promise<boolean> {
  try {
    await database.withSystem(async ({ sql }) => {
      await sql`create temporary table outrider_disk_probe (filling text) on commit drop`;
      await sql`alter table outrider_disk_probe alter column filling set storage plain`;
      await sql`insert into outrider_disk_probe select repeat('x', 8000) from generate_series(1, ${PROBE_ROWS})`;
    });
    return false;
  } catch (error) {
    if (isDiskFull(error)) return true;
    throw error;
  }
}
