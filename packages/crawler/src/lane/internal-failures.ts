import type { ClaimedTarget } from '@outrider/db';
import { settle, type UrlSettlement } from '../record/url-settlement.js';
import { crawlError } from './crawl-errors.js';

/** A URL whose handling threw: our bug, recorded as such, and no reason to stop the others. */
export function brokenHandler(target: ClaimedTarget, error: unknown): UrlSettlement {
  const failure = error instanceof Error ? error : new Error(String(error));
  return settle(
    target,
    { kind: 'failed', failureCode: 'internal_error' },
    {
      errors: [
        crawlError(target, {
          errorType: 'internal',
          severity: 'critical',
          code: 'internal_error',
          message: failure.message,
          stack: failure.stack,
        }),
      ],
    },
  );
}

/**
 * What is kept of a URL whose record the database refuses: that it failed, and why, and the URLs found on
 * it, which this lane would not log a second time.
 */
export function unrecordable(settlement: UrlSettlement, error: unknown): UrlSettlement {
  const page = settlement.verdict.kind === 'fetched' ? settlement.verdict.page : null;
  const message = error instanceof Error ? error.message : String(error);
  return {
    ...settlement,
    verdict: { kind: 'failed', failureCode: 'record_refused' },
    errors: [
      {
        errorType: 'internal',
        severity: 'critical',
        errorCode: 'record_refused',
        errorMessage: `the record could not be stored: ${message}`,
        url: settlement.url,
        host: settlement.host,
        httpStatusCode: page?.statusCode ?? null,
        retryCount: 0,
        context: {},
      },
    ],
  };
}
