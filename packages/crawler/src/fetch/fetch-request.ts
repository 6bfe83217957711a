import type { ResponseHead } from './response-head.js';

/**
 * Takes a body as it streams in. Chunks are decoded bytes, handed over synchronously; a chunk is only valid
 * during the call, since it may be a view into a reused network buffer.
 */
export interface BodyReceiver {
  write(chunk: Uint8Array): void;
  /** Called once when the body is over, whole or truncated. Not called when the fetch fails. */
  end(): void;
}

export interface BodySink extends BodyReceiver {
  /** Asked after each chunk: true when the rest is not wanted. The answer is then recorded without it. */
  readonly isSatisfied?: boolean;
}

/** One GET. Redirects are returned, never followed: each hop is a target of its own. */
export interface FetchRequest {
  readonly url: string;
  readonly userAgent: string;
  /** Extra request headers. Framing headers and `accept-encoding` are the fetcher's own and are ignored here. */
  readonly headers: Readonly<Record<string, string>>;
  /** Limit for the whole fetch in milliseconds, from the call to the last decoded byte. */
  readonly timeoutMs: number;
  /** Limit for the decoded body in bytes; the limit on the wire follows from it. */
  readonly maxBodyBytes: number;
  /** Cancels the fetch, within 100 ms. */
  readonly signal: AbortSignal;
  /** Called when the request goes out: names may have been looked up and a connection made before. Again, should a kept connection turn out closed. */
  readonly onSent?: () => void;
  /** Decides, when the head is in, where the body goes; null when it is not wanted. */
  readonly onHead?: (head: ResponseHead) => BodySink | null;
}
