import { OutriderError } from '@outrider/shared';

/** Visible ASCII, as in the header's draft (draft-ietf-httpapi-idempotency-key-header), up to 255 characters. */
const FORMAT = /^[\x21-\x7e]{1,255}$/;

/** The value of an Idempotency-Key header, or null without one. Throws `invalid_idempotency_key`. */
export function idempotencyKeyOf(header: string | undefined): string | null {
  if (header === undefined) return null;
  if (!FORMAT.test(header)) {
    throw new OutriderError('invalid_idempotency_key', 'Send 1 to 255 visible ASCII characters.');
  }
  return header;
}
