/** Statuses that say "not now" rather than "no": worth another try. */
const RETRIED_STATUSES: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 60_000;
const MAX_RETRY_AFTER_MS = 3_600_000;

/** A URL that was claimed and goes back as if it had not been. */
export const UNTRIED = { kind: 'retry', delayMs: 0, countAttempt: false } as const;

/** Whether an answer with this status is asked for again before it is recorded. */
export function isRetriedStatus(status: number): boolean {
  return RETRIED_STATUSES.has(status);
}

/** Whether a status refuses all service for now (RFC 6585, section 4; RFC 9110, section 15.6.4), and not this URL. */
export function isRefusal(status: number): boolean {
  return status === 429 || status === 503;
}

/** Milliseconds before the next attempt: doubling from one second, up to a minute, with a fifth of jitter. */
export function retryDelayMs(attempt: number, random: () => number = Math.random): number {
  const base = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** Math.max(0, attempt - 1));
  return Math.round(base * (0.9 + random() * 0.2));
}

/**
 * Milliseconds that a Retry-After header asks for (RFC 9110, section 10.2.3: seconds or a date), kept
 * between nothing and an hour; null when there is none that can be read.
 */
export function retryAfterMs(headers: readonly (readonly [string, string])[], now: number): number | null {
  const value = headers.find(([name]) => name === 'retry-after')?.[1].trim();
  if (value === undefined) return null;
  // Some servers send fractions and negative numbers, which Date.parse would take for dates.
  const isNumber = /^-?\d+(?:\.\d+)?$/.test(value);
  const wait = isNumber ? Number(value) * 1_000 : Date.parse(value) - now;
  return Number.isNaN(wait) ? null : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, wait));
}
