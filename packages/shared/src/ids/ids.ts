import { v7 } from 'uuid';

/** A new UUIDv7 (RFC 9562): sorts by the time it was made, which is what the partitions rely on. */
export function newId(): string {
  return v7();
}
