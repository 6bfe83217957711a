import type { HealthCheck } from '@outrider/shared';
import { assertSafeRole } from '../connect/assert-safe-role.js';
import { type Database, openDatabase, type Tx } from '../connect/database.js';
import { assertMigrated } from '../migrate/assert-migrated.js';
import { probeDatabase } from '../stalls/probe-database.js';
import { examineWorkers } from './examine-workers.js';

/** PostgreSQL 14 is the oldest that is tested. */
const OLDEST_VERSION = 140_000;
/** A clock this far off, in milliseconds, makes times of this machine and of the database hard to compare. */
const CLOCK_OFFSET_MS = { warn: 1_000, fail: 60_000 };
const SLOW_MS = 100;
const VERY_SLOW_MS = 1_000;

const ok = (name: string, finding: string): HealthCheck => ({ name, status: 'ok', finding, advice: null });
const warn = (name: string, finding: string, advice: string): HealthCheck => ({
  name,
  status: 'warn',
  finding,
  advice,
});
const fail = (name: string, finding: string, advice: string): HealthCheck => ({
  name,
  status: 'fail',
  finding,
  advice,
});

/**
 * Examines the ledger: whether it answers, its version, schema and roles, its clock beside this machine's, its disk, what
 * waits for locks, what is stuck, and the workers. Never throws: what cannot be examined is a finding.
 */
export async function examineDatabase(url: string, laneLeaseMs: number): Promise<HealthCheck[]> {
  const options = { url, applicationName: 'outrider-doctor', maxConnections: 2 };
  const system = openDatabase({ ...options, role: 'outrider_system' });
  const app = openDatabase({ ...options, role: 'outrider_app' });
  try {
    const reached = await attempt(
      'database',
      () => examineAnswer(system),
      'Is it running, and is DATABASE_URL right?',
    );
    if (reached.status === 'fail') return [reached];
    const migrated = await attempt('schema', () => examineSchema(system), 'Run `outrider migrate`.');
    const checks = [
      reached,
      await attempt(
        'database version',
        () => system.withSystem(examineVersion),
        'Use PostgreSQL 14 or newer.',
      ),
      migrated,
    ];
    if (migrated.status === 'fail') return checks;
    return [...checks, ...(await examineLedger(system, app, laneLeaseMs))];
  } finally {
    await Promise.all([system.close(), app.close()]);
  }
}

async function examineLedger(system: Database, app: Database, laneLeaseMs: number): Promise<HealthCheck[]> {
  const within = (work: (tx: Tx) => Promise<HealthCheck>) => (): Promise<HealthCheck> =>
    system.withSystem(work);
  const roles =
    'Let the user of DATABASE_URL be a member of both roles, and run `outrider migrate` as the owner.';
  return [
    await attempt('database roles', () => examineRoles([app, system]), roles),
    await attempt('database clock', within(examineClock), 'Set both clocks by NTP.'),
    ...(await examineVitals(system)),
    await attempt('transactions', within(examineTransactions), 'End the session that holds it open.'),
    await attempt(
      'leases',
      within((tx) => examineLeases(tx, laneLeaseMs)),
      'Is an orchestrator running?',
    ),
    await attempt('stalls', within(examineStalls), 'See docs/recovery.md.'),
    await attempt(
      'workers',
      within((tx) => examineWorkers(tx, laneLeaseMs)),
      'Start a worker.',
    ),
  ];
}

/** A failure to examine is what is found. */
async function attempt(
  name: string,
  examine: () => Promise<HealthCheck>,
  advice: string,
): Promise<HealthCheck> {
  try {
    return await examine();
  } catch (error) {
    return fail(name, error instanceof Error ? error.message : String(error), advice);
  }
}

async function examineAnswer(database: Database): Promise<HealthCheck> {
  const startedAt = performance.now();
  await database.ping();
  const first = performance.now();
  await database.ping();
  const ms = performance.now() - first;
  const finding = `It answers in ${ms.toFixed(1)} ms, and connects in ${(first - startedAt).toFixed(0)} ms.`;
  if (ms >= SLOW_MS)
    return warn(
      'database',
      finding,
      'A crawl makes some ten round trips a second for each lane: move it nearer.',
    );
  return ok('database', finding);
}

async function examineVersion({ sql }: Tx): Promise<HealthCheck> {
  const [row] = await sql<{ number: number; text: string }[]>`
    select current_setting('server_version_num')::int as number, current_setting('server_version') as text`;
  const finding = `PostgreSQL ${row?.text ?? 'of no version'}.`;
  if ((row?.number ?? 0) >= OLDEST_VERSION) return ok('database version', finding);
  return fail('database version', finding, 'Use PostgreSQL 14 or newer.');
}

async function examineSchema(database: Database): Promise<HealthCheck> {
  await assertMigrated(database);
  return ok('schema', 'Every migration of this version is applied.');
}

async function examineRoles(databases: readonly Database[]): Promise<HealthCheck> {
  for (const database of databases) await assertSafeRole(database);
  return ok('database roles', 'Both roles are there and cannot see past their tenant.');
}

async function examineClock({ sql }: Tx): Promise<HealthCheck> {
  const before = Date.now();
  const [row] = await sql<
    { now: number }[]
  >`select extract(epoch from clock_timestamp())::float8 * 1000 as now`;
  // The answer was made somewhere between the two looks at our clock.
  const offset = Math.round((row?.now ?? 0) - (before + Date.now()) / 2);
  const finding = `The database's clock is ${Math.abs(offset)} ms ${offset < 0 ? 'behind' : 'ahead of'} this machine's.`;
  const advice =
    'Set both clocks by NTP. Leases are safe, since they run on the database clock; what people read is not.';
  if (Math.abs(offset) >= CLOCK_OFFSET_MS.fail) return fail('database clock', finding, advice);
  return Math.abs(offset) >= CLOCK_OFFSET_MS.warn
    ? warn('database clock', finding, advice)
    : ok('database clock', finding);
}

async function examineVitals(system: Database): Promise<HealthCheck[]> {
  try {
    const { diskFull, lockWaits } = await probeDatabase(system);
    const { count, longestMs, relation } = lockWaits;
    const waits = `${count} sessions wait for locks, the longest for ${Math.round(longestMs)} ms${relation === null ? '' : `, on ${relation}`}.`;
    return [
      diskFull
        ? fail('database disk', 'It takes no more data.', 'Free space on the disk of the database.')
        : ok('database disk', 'It takes data.'),
      longestMs >= VERY_SLOW_MS
        ? warn('locks', waits, 'Look into pg_locks for who holds them.')
        : ok('locks', waits),
    ];
  } catch (error) {
    return [
      fail(
        'database disk',
        error instanceof Error ? error.message : String(error),
        'May the role make temporary tables?',
      ),
    ];
  }
}

async function examineTransactions({ sql }: Tx): Promise<HealthCheck> {
  const [row] = await sql<{ seconds: number | null; hidden: number }[]>`
    select max(extract(epoch from clock_timestamp() - xact_start)) filter (where state like 'idle in transaction%')::float8 as seconds,
      count(*) filter (where state is null and backend_type = 'client backend')::int as hidden
    from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  const seconds = row?.seconds ?? 0;
  if (seconds >= 60) {
    return warn(
      'transactions',
      `A transaction has been idle for ${Math.round(seconds)} s; rows that it locked wait with it.`,
      'End its session: select pg_terminate_backend(pid) from pg_stat_activity.',
    );
  }
  const rest = (row?.hidden ?? 0) > 0 ? ' Those of other users cannot be seen.' : '';
  return ok('transactions', `None has been idle for a minute.${rest}`);
}

async function examineLeases({ sql }: Tx, laneLeaseMs: number): Promise<HealthCheck> {
  const [row] = await sql<{ lanes: number; permits: number }[]>`
    select
      (select count(*)::int from execution_lanes where status = 'active'
        and lease_until < clock_timestamp() - ${2 * laneLeaseMs} * interval '1 millisecond') as lanes,
      (select count(*)::int from host_permits
        where lease_until < clock_timestamp() - ${2 * laneLeaseMs} * interval '1 millisecond') as permits`;
  const { lanes = 0, permits = 0 } = row ?? {};
  if (lanes > 0) {
    return fail(
      'leases',
      `${lanes} lanes have lapsed two leases ago and nobody took them back.`,
      'No orchestrator does its duties: start one, or read its log.',
    );
  }
  return ok('leases', `No lane is overdue; ${permits} old host permits.`);
}

async function examineStalls({ sql }: Tx): Promise<HealthCheck> {
  const rows = await sql<{ cause: string; count: number }[]>`
    select cause, count(*)::int as count from execution_watches where stalled_at is not null group by cause order by cause`;
  if (rows.length === 0) return ok('stalls', 'No execution is stalled.');
  const list = rows.map(({ cause, count }) => `${count} by ${cause}`).join(', ');
  return warn('stalls', `Stalled executions: ${list}.`, 'See the section Causes of docs/recovery.md.');
}
