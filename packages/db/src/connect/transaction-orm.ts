import { PgDialect } from 'drizzle-orm/pg-core';
import { PostgresJsDatabase, PostgresJsSession } from 'drizzle-orm/postgres-js';
import type { RawSql } from './connection.js';
import type { TxSql } from './transaction-sql.js';

/** Drizzle's query builders over one transaction; import the tables from `src/schema`. */
export type TxOrm = PostgresJsDatabase;

const dialect = new PgDialect();

/** The few calls Drizzle's session makes on its client. */
interface SessionClient {
  unsafe(query: string, parameters: never[], options?: object): unknown;
  begin<T>(work: (client: SessionClient) => Promise<T>): Promise<T>;
  savepoint<T>(work: (client: SessionClient) => Promise<T>): Promise<T>;
}

function sessionClient(sql: TxSql): SessionClient {
  const nested = <T>(work: (client: SessionClient) => Promise<T>): Promise<T> =>
    sql.savepoint((inner) => work(sessionClient(inner)));
  return {
    // Prepared by text: without, the driver asks for the parameter types first, a round trip each time.
    // eslint-disable-next-line no-restricted-syntax -- Drizzle's builders made the text, with parameters apart
    unsafe: (query, parameters, options) => sql.unsafe(query, parameters, { ...options, prepare: true }),
    begin: nested,
    savepoint: nested,
  };
}

/**
 * Drizzle over an open transaction. Its own `drizzle(client)` cannot do that (a transaction of the
 * driver has no options) and would change the client's parsers under the hand-written SQL. A
 * transaction started inside becomes a savepoint.
 */
export function createTransactionOrm(sql: TxSql): TxOrm {
  const client = sessionClient(sql) as unknown as RawSql;
  return new PostgresJsDatabase(dialect, new PostgresJsSession(client, dialect, undefined), undefined);
}
