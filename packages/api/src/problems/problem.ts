import { isConnectionError, isSerializationOrDeadlock, isStatementTimeout } from '@outrider/db';
import { ERRORS, type ErrorCode, type FieldProblem, OutriderError, type Problem } from '@outrider/shared';

/** Names the kind of a problem; nothing is served there. */
const TYPE_PREFIX = 'urn:outrider:error:';

/** The problem document (RFC 9457) of an error of ours. */
export function problemOf(error: OutriderError, requestId: string): Problem {
  return {
    type: `${TYPE_PREFIX}${error.code}`,
    title: ERRORS[error.code].title,
    status: error.status,
    code: error.code,
    detail: error.message,
    requestId,
    ...(error.fields.length > 0 ? { fields: error.fields.map(copyField) } : {}),
  };
}

function copyField({ path, code, message }: FieldProblem): { path: string; code: string; message: string } {
  return { path, code, message };
}

/**
 * The error of ours that an answer may show: errors of the database and of the HTTP layer by their kind,
 * anything else as `internal_error`, whose cause stays in the log.
 */
export function toOutriderError(error: unknown): OutriderError {
  if (error instanceof OutriderError) return error;
  if (isConnectionError(error)) {
    return new OutriderError('service_unavailable', 'The database is away. Try again in a moment.', {
      cause: error,
    });
  }
  if (isStatementTimeout(error) || isSerializationOrDeadlock(error)) {
    return new OutriderError('service_unavailable', 'The database is busy. Try again in a moment.', {
      cause: error,
    });
  }
  const code = codeOfHttpError(error);
  if (code !== null) return new OutriderError(code, 'The request cannot be read.', { cause: error });
  return new OutriderError('internal_error', 'Tell the operator the request id.', { cause: error });
}

/** Express and its parts throw errors that carry the status they mean. */
function codeOfHttpError(error: unknown): ErrorCode | null {
  if (typeof error !== 'object' || error === null || !('status' in error)) return null;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? 'bad_request' : null;
}
