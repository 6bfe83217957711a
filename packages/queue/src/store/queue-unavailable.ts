import { OutriderError } from '@outrider/shared';

/** The error of a store that did not answer in time or at all. Names the kind of store, never its URL. */
export function queueUnavailable(detail: string, cause?: unknown): OutriderError {
  return new OutriderError('queue_unavailable', detail, cause === undefined ? {} : { cause });
}
