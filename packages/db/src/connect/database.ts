import { createAnswerWatch } from './answer-watch.js';
import type { Connection, ConnectionTarget } from './connection.js';
import { openConnection } from './connection.js';
import { type ConnectionPool, createConnectionPool } from './connection-pool.js';
import { type Listener, listenOn } from './listener.js';
import { runTransaction, type Tx } from './run-transaction.js';
import { type TransactionOptions, transactionOpening } from './transaction-opening.js';

export type { Tx } from './run-transaction.js';
export type { TransactionOptions } from './transaction-opening.js';

/** `outrider_app` serves one tenant at a time; `outrider_system` serves the platform itself. */
export type DatabaseRole = 'outrider_app' | 'outrider_system';

export interface DatabaseOptions {
  readonly url: string;
  readonly role: DatabaseRole;
  /** Default 10. */
  readonly maxConnections?: number;
  /** What `pg_stat_activity` shows. */
  readonly applicationName: string;
  /**
   * How long a transaction may wait for its next statement before the server ends it, in milliseconds; a minute
   * unless given. Whoever sleeps in one keeps its locks for as long.
   */
  readonly idleInTransactionMs?: number;
}

/**
 * The only way to a connection. A connection works as its role from its first byte, and knows a tenant
 * only inside `withTenant`: without one, row-level security shows nothing.
 */
export interface Database {
  readonly role: DatabaseRole;
  /**
   * Runs `work` in one transaction for one tenant: commits when it resolves, rolls back when it throws.
   * Throws what `work` throws, the database's error (see connection-errors.ts), or a RangeError.
   */
  withTenant<T>(tenantId: string, work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** The same without a tenant, for all of them; throws on the role `outrider_app`. */
  withSystem<T>(work: (tx: Tx) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Calls `onNotify` for each NOTIFY on the channel, and with an empty payload after a reconnection. */
  listen(channel: string, onNotify: (payload: string) => void): Promise<Listener>;
  /** Resolves when the database answers within 5 s; for health checks and the checks at start. */
  ping(): Promise<void>;
  /** Waits for running transactions (at most 10 s) and ends all connections. */
  close(): Promise<void>;
}

const STATEMENT_TIMEOUT_MS = 60_000;
/** The server ends a statement at its limit and says so; past this it is not there any more. */
const ANSWER_GRACE_MS = 10_000;
const PING_LIMIT_MS = 5_000;
/** How long generic plans are used, in milliseconds: making them anew costs some milliseconds of PostgreSQL. */
export const PLANS_KEPT_MS = 2_000;

/**
 * The session's parameters, sent with the first message: they are the session's defaults, so that
 * neither RESET ROLE nor RESET ALL leads back to the user that logged in.
 */
function sessionParameters(options: DatabaseOptions): Record<string, string> {
  const { role, applicationName, idleInTransactionMs = 60_000 } = options;
  return {
    role,
    application_name: applicationName,
    search_path: 'public',
    TimeZone: 'UTC',
    statement_timeout: String(STATEMENT_TIMEOUT_MS),
    lock_timeout: '15s',
    idle_in_transaction_session_timeout: `${idleInTransactionMs}ms`,
    // Compiling a bulk statement takes longer than running it.
    jit: 'off',
  };
}

async function ping(connection: Connection): Promise<void> {
  const answer = connection.sql`select 1`.execute();
  createAnswerWatch(PING_LIMIT_MS, () => connection.abandon()).expect(answer);
  await answer;
}

const plansMadeAt = new WeakMap<Connection, number>();

/** Whether the plans of a connection, all of them, are to be made anew by now: true at most once in PLANS_KEPT_MS. */
function takePlansDue(connection: Connection): boolean {
  const now = performance.now();
  const madeAt = plansMadeAt.get(connection);
  if (madeAt !== undefined && now - madeAt < PLANS_KEPT_MS) return false;
  plansMadeAt.set(connection, now);
  return true;
}

/** Opens a handle; the first connection is made when it is first needed. */
export function openDatabase(options: DatabaseOptions): Database {
  const target: ConnectionTarget = { url: options.url, parameters: sessionParameters(options) };
  const pool: ConnectionPool = createConnectionPool({
    open: (): Promise<Connection> => openConnection(target),
    max: options.maxConnections ?? 10,
  });
  const listeners = new Set<Listener>();
  const transact = <T>(
    tenantId: string | null,
    work: (tx: Tx) => Promise<T>,
    how: TransactionOptions = {},
  ): Promise<T> => {
    const opening = transactionOpening(tenantId, how);
    const answerLimitMs = (how.statementTimeoutMs ?? STATEMENT_TIMEOUT_MS) + ANSWER_GRACE_MS;
    return pool.use((connection) => {
      // Behind BEGIN: a statement before it would keep it from setting an isolation level.
      const isDue = how.plans === 'generic' && takePlansDue(connection);
      return runTransaction(connection, isDue ? `${opening}; discard plans` : opening, work, answerLimitMs);
    });
  };

  return {
    role: options.role,
    withTenant: async (tenantId, work, how) => transact(tenantId, work, how),
    withSystem: async (work, how) => {
      if (options.role !== 'outrider_system') throw new Error('withSystem needs the role outrider_system');
      return transact(null, work, how);
    },
    listen: async (channel, onNotify) => {
      const listener = await listenOn(target, channel, onNotify);
      listeners.add(listener);
      return listener;
    },
    ping: () => pool.use(ping),
    close: async () => {
      await Promise.all([pool.close(), ...[...listeners].map((listener) => listener.close())]);
    },
  };
}
