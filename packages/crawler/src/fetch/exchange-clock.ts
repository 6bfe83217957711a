import type { Connection } from './connect-attempt.js';
import type { FetchTimings } from './fetch-outcome.js';

/** Marks the stages of one exchange and turns the marks into durations. */
export class ExchangeClock {
  readonly startedAt = performance.now();
  private sentAt: number | null = null;
  private headAt: number | null = null;
  private bodyEndAt: number | null = null;
  private fresh: Connection | null = null;

  /** The request is being written. @param fresh The connection, if it was made for this request. */
  sent(fresh: Connection | null): void {
    this.sentAt = performance.now();
    this.fresh = fresh;
  }

  headArrived(): number {
    this.headAt = performance.now();
    return this.headAt;
  }

  bodyEnded(): void {
    this.bodyEndAt ??= performance.now();
  }

  /** Milliseconds spent waiting for the head so far; 0 while the request is not sent. */
  waiting(now: number): number {
    return this.sentAt === null ? 0 : now - this.sentAt;
  }

  timings(): FetchTimings {
    const now = performance.now();
    return {
      dnsMs: this.fresh?.dnsMs ?? null,
      connectMs: this.fresh?.connectMs ?? null,
      tlsMs: this.fresh?.tlsMs ?? null,
      ttfbMs: this.headAt === null || this.sentAt === null ? null : this.headAt - this.sentAt,
      downloadMs: this.headAt === null ? null : (this.bodyEndAt ?? now) - this.headAt,
      totalMs: now - this.startedAt,
    };
  }
}
