import type { ClaimedTarget, CrawlError } from '@outrider/db';
import type { CrawlErrorType, Severity } from '@outrider/shared';
import type { FetchResponse } from '../fetch/fetch-outcome.js';
import type { BlockedBy } from './blocked-answer.js';

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

/** What is known of an answer beside itself. */
export interface AnswerFacts {
  readonly blocked: BlockedBy | null;
  readonly refusedType: string | null;
  /** It stands for the page of an earlier execution, which is carried over. */
  readonly isCarried: boolean;
}

/**
 * What is wrong with an answer as it stands: a challenge in place of a page, 4xx or 5xx, a 304 that no page is known
 * for, a body of another type.
 */
export function answerErrors(
  target: ClaimedTarget,
  response: Pick<FetchResponse, 'status' | 'contentType'>,
  { blocked, refusedType, isCarried }: AnswerFacts,
): CrawlError[] {
  const errors: CrawlError[] = [];
  const { status } = response;
  if (blocked !== null) {
    errors.push(
      crawlError(target, {
        errorType: 'blocked',
        severity: 'error',
        code: 'blocked',
        message: `the site answered with a challenge and not with the page (${blocked})`,
        status,
        context: { blockedBy: blocked },
      }),
    );
  } else if (status >= 400) {
    errors.push(
      crawlError(target, {
        errorType: 'http',
        severity: status >= 500 ? 'error' : 'warning',
        code: `http_${status}`,
        message: `the server answered ${status}`,
        status,
      }),
    );
  } else if (status === 304 && !isCarried) {
    // RFC 9110, section 15.4.5: an answer to conditional requests, and to no other.
    errors.push(
      crawlError(target, {
        errorType: 'http',
        severity: 'error',
        code: 'unasked_not_modified',
        message:
          'the server answered 304, and there is no earlier record of the page that could stand for it',
        status,
      }),
    );
  }
  if (refusedType !== null) {
    errors.push(
      crawlError(target, {
        errorType: 'parsing',
        severity: 'warning',
        code: 'unsupported_type',
        message: `the body is ${refusedType}, not the HTML it says it is`,
        status,
        context: { contentType: response.contentType, sniffedType: refusedType },
      }),
    );
  }
  return errors;
}
