import type { ClaimedTarget } from '@outrider/db';
import type { Logger } from '@outrider/telemetry';
import { settle, type UrlSettlement } from '../record/url-settlement.js';
import { crawlError } from './crawl-errors.js';
import { isPassingTrouble } from './passing-trouble.js';

/** Before a URL is tried again that could not be handled because the database was away or busy. */
const STORE_AWAY_MS = 1_000;

/** A database that was away or too busy says nothing about a URL; anything else thrown is our bug. */
export function settleBroken(target: ClaimedTarget, error: unknown, logger: Logger): UrlSettlement {
  const { url } = target;
  if (!isPassingTrouble(error)) {
    logger.error({ err: error, url }, 'a URL broke its handler');
    return brokenHandler(target, error);
  }
  logger.warn({ err: error, url }, 'the database was away or busy; the URL goes back to the frontier');
  return settle(target, { kind: 'retry', delayMs: STORE_AWAY_MS, countAttempt: false });
}

/** A URL whose handling threw: our bug, recorded as such, and no reason to stop the others. */
function brokenHandler(target: ClaimedTarget, error: unknown): UrlSettlement {
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
