import type { CrawlErrorType } from '@outrider/shared';
import type { Tx } from '../connect/database.js';

/** Errors of an execution that say the same of the same host. */
export interface ErrorGroupKey {
  readonly executionId: string;
  readonly errorType: CrawlErrorType;
  readonly errorCode: string;
  /** Null for those that belong to no host. */
  readonly host: string | null;
}

/** The condition that an error is of a group; the index by group serves it. */
export function ofGroup(tx: Tx, { executionId, errorType, errorCode, host }: ErrorGroupKey) {
  return tx.sql`
    execution_id = ${executionId} and error_code = ${errorCode} and error_type = ${errorType}
    and ${host === null ? tx.sql`host is null` : tx.sql`host = ${host}`}`;
}
