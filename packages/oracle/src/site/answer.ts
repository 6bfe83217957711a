/** An HTTP answer. Status 200 and an empty body unless said otherwise. */
export interface Reply {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string | readonly string[]>>;
  readonly body?: string | Uint8Array;
  /** Milliseconds to wait first. */
  readonly delayMs?: number;
}

/** A reply; or the connection reset (TCP RST); or no answer until the client gives up. */
export type Answer = Reply | 'reset' | 'hang';
