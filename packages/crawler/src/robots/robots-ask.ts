/** One question about an origin's robots.txt, and on whose behalf it is asked. */
export interface RobotsAsk {
  readonly origin: string;
  readonly userAgent: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}
