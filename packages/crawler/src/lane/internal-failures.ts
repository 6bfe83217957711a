import type { ClaimedTarget, Settlement } from '@outrider/db';
import { crawlError } from './crawl-errors.js';

/** A URL whose handling threw: our bug, recorded as such, and no reason to stop the others. */
export function brokenHandler(target: ClaimedTarget, error: unknown): Settlement {
  const failure = error instanceof Error ? error : new Error(String(error));
  return {
    urlKey: target.urlKey,
    attempt: target.attempt,
    verdict: { kind: 'failed', failureCode: 'internal_error' },
    discoveries: [],
    errors: [
      crawlError(target, {
        errorType: 'internal',
        severity: 'critical',
        code: 'internal_error',
        message: failure.message,
        stack: failure.stack,
      }),
    ],
  };
}

/** What is kept of a URL whose record the database refuses: that it failed, and why. */
export function unrecordable(settlement: Settlement, error: unknown): Settlement {
  const page = settlement.verdict.kind === 'fetched' ? settlement.verdict.page : null;
  const message = error instanceof Error ? error.message : String(error);
  return {
    ...settlement,
    verdict: { kind: 'failed', failureCode: 'record_refused' },
    discoveries: [],
    errors: [
      {
        errorType: 'internal',
        severity: 'critical',
        errorCode: 'record_refused',
        errorMessage: `the record could not be stored: ${message}`,
        url: page?.url ?? '',
        host: page?.host ?? '',
        httpStatusCode: page?.statusCode ?? null,
        retryCount: 0,
        context: {},
      },
    ],
  };
}
