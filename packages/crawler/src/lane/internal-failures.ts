import type { ClaimedTarget, Verdict } from '@outrider/db';
import type { Logger } from '@outrider/telemetry';
import { ReadingLost } from '../reading/reading-lost.js';
import { crawlError } from '../record/crawl-errors.js';
import { settle, type UrlSettlement } from '../record/url-settlement.js';
import { isPassingTrouble } from './passing-trouble.js';
import { retryDelayMs, UNTRIED } from './retry-policy.js';

/** Before a URL is tried again that could not be handled because the database was away or busy. */
const STORE_AWAY_MS = 1_000;

/**
 * A database that was away or too busy says nothing about a URL, and neither does a thread that ended over another; one
 * that ended over this page costs it an attempt. Anything else thrown is our bug.
 */
export function settleBroken(
  target: ClaimedTarget,
  error: unknown,
  retries: number,
  logger: Logger,
): UrlSettlement {
  const { url } = target;
  if (error instanceof ReadingLost) return settleUnread(target, error, retries);
  if (!isPassingTrouble(error)) {
    logger.error({ err: error, url }, 'a URL broke its handler');
    return brokenHandler(target, error);
  }
  logger.warn({ err: error, url }, 'the database was away or busy; the URL goes back to the frontier');
  return settle(target, { kind: 'retry', delayMs: STORE_AWAY_MS, countAttempt: false });
}

/** A page over which the thread that read it ended: it comes again, and fails with its last attempt. */
function settleUnread(
  target: ClaimedTarget,
  { isSuspect, message }: ReadingLost,
  retries: number,
): UrlSettlement {
  if (!isSuspect) return settle(target, UNTRIED);
  const again = target.attempt <= retries;
  const error = crawlError(target, {
    errorType: 'internal',
    severity: again ? 'info' : 'critical',
    code: 'reader_killed',
    message,
    context: { willRetry: again },
  });
  const verdict: Verdict = again
    ? { kind: 'retry', delayMs: retryDelayMs(target.attempt), countAttempt: true }
    : { kind: 'failed', failureCode: 'reader_killed' };
  return settle(target, verdict, { errors: [error] });
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
