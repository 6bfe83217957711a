import type { UrlHistory } from '@outrider/db';
import type { Explanation } from '@outrider/shared';

type Attempt = Explanation['attemptLog'][number];

/**
 * The tries at a URL, first to last, from the errors that each left behind and the answer that ended them;
 * pure. Of several errors of one try the last says how it ended.
 */
export function attemptLog({ errors, attempts, statusCode, fetchedAt }: UrlHistory): Attempt[] {
  const byAttempt = new Map<number, Attempt>();
  for (const error of [...errors].reverse()) {
    const attempt = error.retryCount + 1;
    byAttempt.set(attempt, {
      attempt,
      at: error.occurredAt,
      statusCode: error.httpStatusCode,
      errorCode: error.errorCode,
      message: error.errorMessage,
    });
  }
  const last = Math.max(1, attempts);
  if (fetchedAt !== null && !byAttempt.has(last)) {
    byAttempt.set(last, { attempt: last, at: fetchedAt, statusCode, errorCode: null, message: null });
  }
  return [...byAttempt.values()].sort((a, b) => a.attempt - b.attempt);
}
