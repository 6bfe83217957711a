import type { ExecutionState } from '../execution/execution-states.js';
import type { WaitingReason } from '../execution/waiting-reasons.js';

/** A URL of the frontier, taken at random. Times are seconds of the execution's own clock, which stands while it is paused. */
export interface SampledTarget {
  readonly host: string;
  readonly foundAt: number;
  /** Null while it is open. */
  readonly settledAt: number | null;
  /** It was settled without a fetch. */
  readonly isSkipped: boolean;
}

/** A host with open URLs, and how it is paced. */
export interface PacedHost {
  readonly host: string;
  /** Milliseconds between the starts of two fetches; 0 without a pace. */
  readonly delayMs: number;
  /** Milliseconds until the next may start. */
  readonly startInMs: number;
}

/** What is known of an execution when its end is estimated. */
export interface ProgressFacts {
  readonly executionId: string;
  readonly status: ExecutionState;
  readonly waitingReason: WaitingReason | null;
  /** ISO 8601, by the database's clock. */
  readonly asOf: string;
  /** Seconds for which it has run, pauses and time without a worker not counted: now, on its own clock. */
  readonly activeSeconds: number;
  /** By the counters: fetched and failed; fetched alone, which maxPages counts; known and open. */
  readonly done: number;
  readonly fetched: number;
  readonly pending: number;
  readonly wireBytes: number;
  readonly hasOpenSitemaps: boolean;
  /** maxBytes 0: no limit. */
  readonly limits: {
    readonly maxPages: number;
    readonly maxDurationSeconds: number;
    readonly maxBytes: number;
  };
  /** All URLs of the frontier, or so many of them taken at random. */
  readonly sample: readonly SampledTarget[];
  readonly hosts: readonly PacedHost[];
  /** Fetched and failed of the campaign's previous execution, where that came to its natural end. */
  readonly previousTotal: number | null;
}
