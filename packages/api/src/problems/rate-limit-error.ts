import { OutriderError } from '@outrider/shared';

/** `rate_limited`, with the time after which it makes sense to try again. */
export class RateLimitError extends OutriderError {
  readonly retryAfterSeconds: number;

  constructor(detail: string, retryAfterSeconds: number) {
    super('rate_limited', `${detail} Try again in ${retryAfterSeconds} s.`);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
