import {
  FETCH_FAILURES,
  type FetchFailureCode,
  type FetchFault,
  type RetryDecision,
} from './fetch-failures.js';
import type { RedirectLocation } from './redirect-location.js';

/** Durations in milliseconds. A stage that did not take place is null: dns, connect, tls on a reused connection. */
export interface FetchTimings {
  readonly dnsMs: number | null;
  readonly connectMs: number | null;
  readonly tlsMs: number | null;
  /** From the request being written to the response head being complete. */
  readonly ttfbMs: number | null;
  /** From the response head to the last byte of the body on the wire. */
  readonly downloadMs: number | null;
  readonly totalMs: number;
}

export interface FetchResponse {
  readonly kind: 'response';
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly httpVersion: '1.1';
  readonly remoteAddress: string;
  /** Set for 301, 302, 303, 307 and 308 only. */
  readonly location: RedirectLocation | null;
  readonly contentType: string | null;
  readonly contentEncoding: string | null;
  readonly timings: FetchTimings;
  /** Body bytes received, without framing. For an unwanted body: those received before the connection was let go. */
  readonly wireBytes: number;
  readonly decodedBytes: number;
  /** SHA-256 of the decoded body, in hex; null when the body, or the rest of it, was not wanted. */
  readonly bodySha256: string | null;
  /** The connection or the compressed stream ended early: the sink got a usable beginning. */
  readonly truncated: boolean;
}

export interface FetchFailure {
  readonly kind: 'failure';
  readonly code: FetchFailureCode;
  readonly message: string;
  readonly retry: RetryDecision;
  readonly timings: FetchTimings;
  readonly remoteAddress: string | null;
  /** The response status, if the head arrived before the failure. */
  readonly status: number | null;
}

export type FetchOutcome = FetchResponse | FetchFailure;

/** What was known of the exchange when it failed. */
export interface FailureContext {
  readonly timings: FetchTimings;
  readonly remoteAddress: string | null;
  readonly status: number | null;
}

/** The outcome for a fault, with the retry decision of the catalogue. */
export function failureOutcome(fault: FetchFault, context: FailureContext): FetchFailure {
  return {
    kind: 'failure',
    code: fault.code,
    message: fault.message,
    retry: FETCH_FAILURES[fault.code].retry,
    ...context,
  };
}
