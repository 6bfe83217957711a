import type { ClaimedTarget, CrawlError } from '@outrider/db';
import type { CrawlErrorType, Severity } from '@outrider/shared';

export interface ErrorFacts {
  readonly errorType: CrawlErrorType;
  readonly severity: Severity;
  readonly code: string;
  readonly message: string;
  readonly status?: number | null;
  readonly context?: Readonly<Record<string, unknown>>;
  readonly stack?: string | undefined;
}

/** A row of campaign_errors about a target. */
export function crawlError(target: ClaimedTarget, facts: ErrorFacts): CrawlError {
  return {
    errorType: facts.errorType,
    severity: facts.severity,
    errorCode: facts.code,
    errorMessage: facts.message,
    ...(facts.stack === undefined ? {} : { errorStack: facts.stack }),
    url: target.url,
    host: target.host,
    httpStatusCode: facts.status ?? null,
    retryCount: target.attempt - 1,
    context: { depth: target.depth, ...facts.context },
  };
}

/** The error that an answer of 4xx or 5xx is; null for other answers. */
export function httpError(target: ClaimedTarget, status: number): CrawlError | null {
  if (status < 400) return null;
  return crawlError(target, {
    errorType: 'http',
    severity: status >= 500 ? 'error' : 'warning',
    code: `http_${status}`,
    message: `the server answered ${status}`,
    status,
  });
}
