import {
  isConnectionError,
  isOutOfResources,
  isSerializationOrDeadlock,
  isStatementTimeout,
} from '@outrider/db';

/**
 * Whether the database failed for a reason of its own that passes: it was away, two transactions were in
 * each other's way, a statement waited too long (57014, 55P03), or its disk is full. It says nothing about the URL.
 */
export function isPassingTrouble(error: unknown): boolean {
  return (
    isConnectionError(error) ||
    isOutOfResources(error) ||
    isSerializationOrDeadlock(error) ||
    isStatementTimeout(error)
  );
}
