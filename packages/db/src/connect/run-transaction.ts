import { createAnswerWatch } from './answer-watch.js';
import type { Connection } from './connection.js';
import { databaseErrorOf } from './connection-errors.js';
import { createTransactionOrm, type TxOrm } from './transaction-orm.js';
import { createTransactionSql, type TransactionScope, type TxSql } from './transaction-sql.js';

/** One open transaction, in two languages over the same connection. */
export interface Tx {
  /** Tagged template for hand-written SQL. Statements issued without awaiting each other share a round trip. */
  readonly sql: TxSql;
  /** Drizzle's query builders. */
  readonly orm: TxOrm;
}

function createTx(scope: TransactionScope): Tx {
  const sql = createTransactionSql(scope);
  let orm: TxOrm | undefined;
  return {
    sql,
    get orm() {
      orm ??= createTransactionOrm(sql);
      return orm;
    },
  };
}

/** A later statement of a broken transaction only says that it was broken before (25P02): find what broke it. */
function rootCause(scope: TransactionScope, openingError: unknown, error: unknown): unknown {
  if (openingError !== undefined) return openingError;
  const inner = databaseErrorOf(error);
  const isConsequence = inner instanceof Error && 'code' in inner && inner.code === '25P02';
  return isConsequence ? (scope.firstError ?? inner) : inner;
}

async function rollBack({ connection, watch }: TransactionScope): Promise<void> {
  if (connection.isClosed()) return;
  try {
    const done = connection.sql`rollback`.execute();
    watch.expect(done);
    await done;
  } catch {
    // A session that cannot even roll back is of no more use; the server rolls back when it ends.
    connection.abandon();
  }
}

async function commit(scope: TransactionScope): Promise<void> {
  const committing = scope.connection.sql`commit`.execute();
  scope.watch.expect(committing);
  const done = await committing;
  // PostgreSQL answers ROLLBACK, and no error, to the commit of a transaction in which a statement failed.
  if (done.command === 'ROLLBACK') {
    throw scope.firstError ?? new Error('the transaction was rolled back at its commit');
  }
}

/**
 * Runs `work` in a transaction. `opening` (BEGIN and its settings) is not waited for: it travels with
 * the first statement of `work`, so a transaction costs one round trip more than its statements. When the
 * server says nothing for `answerLimitMs` the connection is given up, and with it the transaction.
 */
export async function runTransaction<T>(
  connection: Connection,
  opening: string,
  work: (tx: Tx) => Promise<T>,
  answerLimitMs: number,
): Promise<T> {
  const watch = createAnswerWatch(answerLimitMs, () => connection.abandon());
  const scope: TransactionScope = { connection, watch, ended: false, firstError: undefined, savepoints: 0 };
  let openingError: unknown;
  // eslint-disable-next-line no-restricted-syntax -- several statements in one message, made by transactionOpening
  const opened = connection.sql.unsafe(opening).then(
    () => undefined,
    (error: unknown) => {
      openingError = error ?? new Error('the transaction did not open');
    },
  );
  watch.expect(opened);
  try {
    const result = await work(createTx(scope));
    await opened;
    if (openingError !== undefined) throw openingError;
    scope.ended = true;
    await commit(scope);
    return result;
  } catch (error) {
    scope.ended = true;
    await opened;
    await rollBack(scope);
    throw rootCause(scope, openingError, error);
  }
}
