import { hash } from 'node:crypto';

/** The key being written: 36 characters, its hyphens in place. */
const KEY = Buffer.alloc(36, '-');
/** Where each group of hexadecimal digits begins and ends, and where it stands in the key. */
const GROUPS = [
  [0, 8, 0],
  [8, 12, 9],
  [12, 16, 14],
  [16, 20, 19],
  [20, 32, 24],
] as const;

/**
 * The key of a normalised URL: the first 128 bits of its SHA-256, written as a UUID. Two places that
 * know the same URL know the same key, so links join targets without a look-up.
 */
export function urlKey(normalizedUrl: string): string {
  const hex = hash('sha256', normalizedUrl, 'hex');
  // Through bytes: joined from its parts the key would be kept as its parts, in five times the memory, and a
  // crawl remembers some hundred thousand keys.
  for (const [from, to, at] of GROUPS) KEY.write(hex.slice(from, to), at, 'latin1');
  return KEY.toString('latin1');
}
