import { FetchFault } from './fetch-failures.js';

/** A body that brings less than `bytesPerSecond` over a whole window of `windowMs` is given up. */
export interface MinimumRate {
  readonly bytesPerSecond: number;
  readonly windowMs: number;
}

// One-byte chunks cost six bytes each; headers, trailers and one read past the end are in the fixed part.
const FRAMING_ALLOWANCE = 256 * 1024;
const FRAMING_PER_BODY_BYTE = 8;

/**
 * Refuses a message that is mostly framing: endless chunk extensions, trailers, or bytes past its end. The
 * parser skips these without a limit, so they are measured as what the socket read and the body did not get.
 *
 * @param socketBytes Bytes read from the socket since the request was sent.
 */
export function framingFault(socketBytes: number, bodyBytes: number): FetchFault | null {
  const framing = socketBytes - bodyBytes;
  if (framing <= FRAMING_ALLOWANCE + bodyBytes * FRAMING_PER_BODY_BYTE) return null;
  return new FetchFault('protocol_error', `${framing} bytes of framing around ${bodyBytes} bytes of body`);
}

/** Watches the speed of one body, a window at a time. Time during which we did not read does not count. */
export class RateGauge {
  private windowBytes = 0;
  private paused = false;

  constructor(
    private readonly rate: MinimumRate,
    private windowStart: number,
  ) {}

  /** We stopped reading, or read again. Either way the window starts anew at the next check. */
  setPaused(paused: boolean): void {
    this.paused = paused;
    this.windowStart = Number.POSITIVE_INFINITY;
  }

  /** @param bodyBytes All body bytes so far. */
  check(now: number, bodyBytes: number): FetchFault | null {
    if (this.paused) return null;
    if (this.windowStart > now) {
      this.restart(now, bodyBytes);
      return null;
    }
    const elapsed = now - this.windowStart;
    if (elapsed < this.rate.windowMs) return null;
    const received = bodyBytes - this.windowBytes;
    const fault = received < (this.rate.bytesPerSecond * elapsed) / 1000;
    this.restart(now, bodyBytes);
    return fault ? new FetchFault('body_timeout', `${received} bytes in ${Math.round(elapsed)} ms`) : null;
  }

  private restart(now: number, bodyBytes: number): void {
    this.windowStart = now;
    this.windowBytes = bodyBytes;
  }
}
