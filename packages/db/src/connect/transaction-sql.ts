import type postgres from 'postgres';
import type { AnswerWatch } from './answer-watch.js';
import type { Connection, RawSql } from './connection.js';
import { DatabaseConnectionError } from './connection-errors.js';
import { arrayOidOf } from './value-codecs.js';

/** The tagged template of one transaction: `` await tx.sql<Row[]>`select …` ``. It dies with the transaction. */
// biome-ignore lint/complexity/noBannedTypes: the driver's own default for "no custom types"
export interface TxSql extends postgres.ISql<{}> {
  /** An array goes in as it is (value-codecs.ts); the driver's wrapper needs types that it would ask the server for. */
  readonly array: never;
  /** Runs `work` under a savepoint: when it throws, only what it did is undone. */
  savepoint<T>(work: (sql: TxSql) => Promise<T>): Promise<T>;
}

/** What is known of a transaction while it runs. */
export interface TransactionScope {
  readonly connection: Connection;
  readonly watch: AnswerWatch;
  ended: boolean;
  /** The first error a statement met, which is why those after it were refused. */
  firstError: unknown;
  savepoints: number;
}

/** The parts of the driver's query object that the guard needs; they are public there but not typed. */
interface GuardedQuery extends Promise<unknown> {
  handler(query: GuardedQuery): unknown;
  reject(error: unknown): void;
}

function isQuery(value: unknown): value is GuardedQuery {
  return value instanceof Promise && 'handler' in value && typeof value.handler === 'function';
}

/**
 * Makes a statement check, at the moment it would be sent, that its transaction still runs. Statements
 * are lazy: one made inside and first awaited outside would else run on a connection that serves
 * another tenant by then. And that all of its values can be sent: the driver finds that out while it writes the
 * statement, ends the one before it for it, and waits for an answer to this one for ever.
 */
function guard(scope: TransactionScope, query: unknown, values: readonly unknown[]): void {
  if (!isQuery(query)) return;
  const reason = findUnsendable(values);
  if (reason !== undefined) unsendable.set(query, reason);
  const send = query.handler;
  query.handler = (self) => {
    if (reason !== undefined) {
      self.reject(reason);
      return;
    }
    if (scope.connection.isClosed()) {
      self.reject(
        new DatabaseConnectionError('CONNECTION_CLOSED', 'the connection ended during the transaction'),
      );
      return;
    }
    if (scope.ended) {
      self.reject(new Error('the statement was awaited after its transaction had ended'));
      return;
    }
    send(self);
    scope.watch.expect(self);
    self.catch((error: unknown) => {
      scope.firstError ??= error;
    });
  };
}

/** Statements, and parts of statements, with a value that cannot be sent. */
const unsendable = new WeakMap<object, TypeError>();

const isUnsendable = (value: unknown): boolean =>
  value === undefined || (value instanceof Date && Number.isNaN(value.getTime()));

function findUnsendable(values: readonly unknown[]): TypeError | undefined {
  for (const [index, value] of values.entries()) {
    const inner = isQuery(value) ? unsendable.get(value) : undefined;
    if (inner !== undefined) return inner;
    if (isUnsendable(value) || (Array.isArray(value) && value.some(isUnsendable))) {
      return new TypeError(`value ${index + 1} of the statement is undefined, or no date`);
    }
  }
  return undefined;
}

/** The driver declares an array of booleans, dates or bytes as one of them; this declares it as an array. */
function declareArrays(raw: RawSql, values: readonly unknown[]): unknown[] {
  return values.map((value) => {
    if (!Array.isArray(value)) return value;
    const oid = arrayOidOf(value);
    return oid === undefined ? value : raw.typed(value, oid);
  });
}

async function runSavepoint<T>(
  scope: TransactionScope,
  sql: TxSql,
  work: (sql: TxSql) => Promise<T>,
): Promise<T> {
  scope.savepoints += 1;
  const name = `savepoint_${scope.savepoints}`;
  const errorBefore = scope.firstError;
  await sql`savepoint ${sql(name)}`;
  try {
    const result = await work(sql);
    await sql`release savepoint ${sql(name)}`;
    return result;
  } catch (error) {
    await sql`rollback to savepoint ${sql(name)}`;
    await sql`release savepoint ${sql(name)}`;
    scope.firstError = errorBefore;
    throw error;
  }
}

/** The guarded tagged template over an open transaction. */
export function createTransactionSql(scope: TransactionScope): TxSql {
  const raw = scope.connection.sql;
  const guarded = <T>(query: T, values: readonly unknown[] = []): T => {
    guard(scope, query, values);
    return query;
  };
  const call = (first: unknown, ...rest: unknown[]): unknown => {
    const make = raw as unknown as (first: unknown, ...rest: unknown[]) => unknown;
    const isTemplate = Array.isArray(first) && 'raw' in first;
    return isTemplate ? guarded(make(first, ...declareArrays(raw, rest)), rest) : make(first, ...rest);
  };
  const sql: TxSql = Object.assign(call, {
    types: raw.types,
    typed: raw.typed,
    json: raw.json,
    // eslint-disable-next-line no-restricted-syntax -- only passed on; its callers answer for what they pass
    unsafe: (...input: Parameters<RawSql['unsafe']>) => guarded(raw.unsafe(...input), input[1]),
    file: (...input: Parameters<RawSql['file']>) => guarded(raw.file(...input)),
    notify: (channel: string, payload: string) => sql`select pg_notify(${channel}, ${payload})`,
    savepoint: <T>(work: (sql: TxSql) => Promise<T>) => runSavepoint(scope, sql, work),
  }) as unknown as TxSql;
  return sql;
}
