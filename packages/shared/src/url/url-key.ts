import { createHash } from 'node:crypto';

/**
 * The key of a normalised URL: the first 128 bits of its SHA-256, written as a UUID. Two places that
 * know the same URL know the same key, so links join targets without a look-up.
 */
export function urlKey(normalizedUrl: string): string {
  const hex = createHash('sha256').update(normalizedUrl).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}
